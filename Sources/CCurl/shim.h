#include <curl/curl.h>

// Swift calls no C functions of variable arguments: one function for each kind of argument that libcurl's take.

static inline CURLcode butik_curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode butik_curl_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode butik_curl_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

// Copied by libcurl.
static inline CURLcode butik_curl_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

// Not copied: a list, a buffer or what a function is given.
static inline CURLcode butik_curl_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*butik_curl_function)(char *, size_t, size_t, void *);

static inline CURLcode butik_curl_call(CURL *easy, CURLoption option, butik_curl_function value) {
    return curl_easy_setopt(easy, option, value);
}

// Called once a second at least; anything but 0 breaks the transfer off.
static inline CURLcode butik_curl_watch(CURL *easy, curl_xferinfo_callback value) {
    return curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, value);
}

// The last answer's code, 0 where there was none.
static inline long butik_curl_status(CURL *easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

// The next transfer that has ended, null where none has.
static inline CURL *butik_curl_ended(CURLM *multi, CURLcode *code) {
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));)
        if (message->msg == CURLMSG_DONE) {
            *code = message->data.result;
            return message->easy_handle;
        }
    return NULL;
}
