#include "CCurl.h"
#include <dlfcn.h>

// libcurl's functions that are used, each of the type that its header gives it.
#define FUNCTIONS(EACH)                                                                                                  \
    EACH(curl_global_init) EACH(curl_easy_init) EACH(curl_easy_cleanup) EACH(curl_easy_setopt) EACH(curl_easy_getinfo)   \
    EACH(curl_easy_strerror) EACH(curl_slist_append) EACH(curl_slist_free_all) EACH(curl_multi_init)                     \
    EACH(curl_multi_cleanup) EACH(curl_multi_add_handle) EACH(curl_multi_remove_handle) EACH(curl_multi_perform)         \
    EACH(curl_multi_poll) EACH(curl_multi_wakeup) EACH(curl_multi_info_read)

// The header has macros of these names that check arguments.
#undef curl_easy_setopt
#undef curl_easy_getinfo

#define POINTER(NAME) __typeof__(NAME) *NAME;
static struct { FUNCTIONS(POINTER) } lib;

bool butik_curl_start(void) {
    void *file = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!file) return false;
#define FIND(NAME) if (!(lib.NAME = (__typeof__(lib.NAME))dlsym(file, #NAME))) return false;
    FUNCTIONS(FIND)
    return lib.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

CURL *butik_curl_easy(void) { return lib.curl_easy_init(); }
void butik_curl_easy_end(CURL *easy) { lib.curl_easy_cleanup(easy); }
void butik_curl_number(CURL *easy, CURLoption option, long value) { lib.curl_easy_setopt(easy, option, value); }
void butik_curl_size(CURL *easy, CURLoption option, curl_off_t value) { lib.curl_easy_setopt(easy, option, value); }
void butik_curl_text(CURL *easy, CURLoption option, const char *value) { lib.curl_easy_setopt(easy, option, value); }
void butik_curl_pointer(CURL *easy, CURLoption option, void *value) { lib.curl_easy_setopt(easy, option, value); }
void butik_curl_call(CURL *easy, CURLoption option, butik_curl_function value) {
    lib.curl_easy_setopt(easy, option, value);
}
void butik_curl_watch(CURL *easy, curl_xferinfo_callback value) {
    lib.curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, value);
}
void butik_curl_open(CURL *easy, curl_opensocket_callback value) {
    lib.curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}
long butik_curl_status(CURL *easy) {
    long status = 0;
    lib.curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}
const char *butik_curl_words(CURLcode code) { return lib.curl_easy_strerror(code); }

struct curl_slist *butik_curl_append(struct curl_slist *list, const char *text) {
    return lib.curl_slist_append(list, text);
}
void butik_curl_list_end(struct curl_slist *list) { lib.curl_slist_free_all(list); }

CURLM *butik_curl_multi(void) { return lib.curl_multi_init(); }
void butik_curl_multi_end(CURLM *multi) { lib.curl_multi_cleanup(multi); }
bool butik_curl_add(CURLM *multi, CURL *easy) { return lib.curl_multi_add_handle(multi, easy) == CURLM_OK; }
void butik_curl_remove(CURLM *multi, CURL *easy) { lib.curl_multi_remove_handle(multi, easy); }
void butik_curl_perform(CURLM *multi) {
    int running;
    lib.curl_multi_perform(multi, &running);
}
void butik_curl_wait(CURLM *multi, int milliseconds) { lib.curl_multi_poll(multi, NULL, 0, milliseconds, NULL); }
void butik_curl_wake(CURLM *multi) { lib.curl_multi_wakeup(multi); }
CURL *butik_curl_ended(CURLM *multi, CURLcode *code) {
    int left;
    for (CURLMsg *message; (message = lib.curl_multi_info_read(multi, &left));)
        if (message->msg == CURLMSG_DONE) {
            *code = message->data.result;
            return message->easy_handle;
        }
    return NULL;
}
