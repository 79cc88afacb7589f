#pragma once
#include <curl/curl.h>
#include <stdbool.h>

// libcurl, loaded by who first calls `butik_curl_start` and not with the program: it and the libraries that it needs are 10 ms
// and 9 MB, which a server saves until it has something to send. Nothing below may be called before that gave true.

// Loads libcurl and sets it up, which no second thread may do meanwhile. False where the machine has none.
bool butik_curl_start(void);

CURL *butik_curl_easy(void);
void butik_curl_easy_end(CURL *easy);
// Swift calls no C functions of variable arguments: one function for each kind of argument that libcurl's take.
void butik_curl_number(CURL *easy, CURLoption option, long value);
void butik_curl_size(CURL *easy, CURLoption option, curl_off_t value);
// Copied by libcurl.
void butik_curl_text(CURL *easy, CURLoption option, const char *value);
// Not copied: a list, a buffer or what a function is given.
void butik_curl_pointer(CURL *easy, CURLoption option, void *value);
typedef size_t (*butik_curl_function)(char *, size_t, size_t, void *);
void butik_curl_call(CURL *easy, CURLoption option, butik_curl_function value);
// Called once a second at least; anything but 0 breaks the transfer off.
void butik_curl_watch(CURL *easy, curl_xferinfo_callback value);
// Called for each address before it is connected to; CURL_SOCKET_BAD keeps libcurl from it.
void butik_curl_open(CURL *easy, curl_opensocket_callback value);
// The last answer's code, 0 where there was none.
long butik_curl_status(CURL *easy);
const char *butik_curl_words(CURLcode code);

// The list with a copy of the text behind it, null where there is no memory for it.
struct curl_slist *butik_curl_append(struct curl_slist *list, const char *text);
void butik_curl_list_end(struct curl_slist *list);

CURLM *butik_curl_multi(void);
void butik_curl_multi_end(CURLM *multi);
bool butik_curl_add(CURLM *multi, CURL *easy);
void butik_curl_remove(CURLM *multi, CURL *easy);
// Does what can be done now.
void butik_curl_perform(CURLM *multi);
// Waits until more can be done, or somebody wakes it.
void butik_curl_wait(CURLM *multi, int milliseconds);
void butik_curl_wake(CURLM *multi);
// The next transfer that has ended, null where none has.
CURL *butik_curl_ended(CURLM *multi, CURLcode *code);
