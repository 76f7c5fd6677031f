/* The library as a program in C uses it: every call, every way to fail that a program can bring about, threads.
 * `cargo x test` runs it plainly and under valgrind; it prints nothing but the checks that failed. */

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "fastjson.h"

static int failures = 0;

#define CHECK(condition)                                                     \
    do {                                                                     \
        if (!(condition)) {                                                  \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition);          \
            failures++;                                                      \
        }                                                                    \
    } while (0)

static const uint8_t *bytes(const char *text) { return (const uint8_t *)text; }

static int is(const fastjson_buffer *buffer, const char *expected) {
    return buffer->len == strlen(expected) && (buffer->len == 0 || memcmp(buffer->data, expected, buffer->len) == 0);
}

static void validate(void) {
    const char *text = "{\"a\":1,\n\"b\":2,}";
    fastjson_report *report = NULL;
    CHECK(fastjson_validate(bytes(text), strlen(text), FASTJSON_FORMAT_JSON, NULL, &report) == FASTJSON_INVALID_DOCUMENT);
    CHECK(strcmp(fastjson_report_reason(report), "DOCUMENT_INVALID") == 0);
    CHECK(fastjson_report_line(report) == 2 && fastjson_report_column(report) == 6);
    CHECK(fastjson_report_byte_offset(report) == 13);
    CHECK(strstr(fastjson_report_diagnostics(report), "\"code\":\"TRAILING_COMMA\"") != NULL);
    CHECK(strstr(fastjson_report_stats(report), "\"bytes\":15") != NULL);
    CHECK(fastjson_report_diagnostics_total(report) == 1);
    fastjson_report_free(report);

    CHECK(fastjson_validate(bytes("[1]"), 3, 0, NULL, NULL) == FASTJSON_OK);
    CHECK(fastjson_validate(NULL, 0, 0, NULL, NULL) == FASTJSON_INVALID_DOCUMENT);
    CHECK(fastjson_validate(bytes("a: [1]"), 6, FASTJSON_FORMAT_YAML, NULL, NULL) == FASTJSON_OK);
    CHECK(fastjson_validate(bytes("\"\xff\""), 3, 0, NULL, NULL) == FASTJSON_INVALID_DOCUMENT);
}

static void format(void) {
    const char *text = "{ \"b\": 1.50, \"a\": 1E2 }";
    fastjson_format_options how = {.struct_size = sizeof how, .style = FASTJSON_FORMAT_STYLE_MINIFY};
    fastjson_buffer out;
    CHECK(fastjson_format(bytes(text), strlen(text), &how, NULL, &out, NULL) == FASTJSON_OK);
    CHECK(is(&out, "{\"b\":1.50,\"a\":1E2}"));
    fastjson_buffer_free(&out);
    fastjson_buffer_free(&out);
    how.key_order = FASTJSON_KEY_ORDER_SORTED;
    CHECK(fastjson_format(bytes(text), strlen(text), &how, NULL, &out, NULL) == FASTJSON_OK);
    CHECK(is(&out, "{\"a\":1E2,\"b\":1.50}"));
    fastjson_buffer_free(&out);
    CHECK(fastjson_format(bytes("[1,"), 3, NULL, NULL, &out, NULL) == FASTJSON_INVALID_DOCUMENT);
    CHECK(out.data == NULL && out.len == 0);
}

static void convert(void) {
    fastjson_convert_options how = {
        .struct_size = sizeof how, .from = FASTJSON_FORMAT_AUTO, .to = FASTJSON_FORMAT_JSON};
    fastjson_buffer out;
    fastjson_report *report;
    CHECK(fastjson_convert(bytes("a: .nan\n"), 8, &how, NULL, &out, &report) == FASTJSON_OK);
    CHECK(is(&out, "{\"a\":null}"));
    CHECK(fastjson_report_format(report) == FASTJSON_FORMAT_YAML);
    CHECK(strstr(fastjson_report_diagnostics(report), "NON_FINITE_AS_NULL") != NULL);
    fastjson_buffer_free(&out);
    fastjson_report_free(report);
    how.fidelity = FASTJSON_FIDELITY_STRICT;
    CHECK(fastjson_convert(bytes("a: .nan\n"), 8, &how, NULL, &out, &report) == FASTJSON_LOSS);
    CHECK(strcmp(fastjson_report_reason(report), "FIDELITY_LOSS") == 0);
    fastjson_report_free(report);
    how.to = FASTJSON_FORMAT_NDJSON;
    CHECK(fastjson_convert(bytes("[]"), 2, &how, NULL, &out, NULL) == FASTJSON_OK);
    CHECK(is(&out, ""));
    fastjson_buffer_free(&out);
}

static void query(void) {
    const char *document = "{\"a\":[{\"n\":1.50},{\"n\":2}]}";
    const fastjson_variable variables[] = {{"x", bytes("[3]"), 3}, {NULL, NULL, 0}};
    const char *program = "[.a[].n] + $x | .[]";
    fastjson_query *query = NULL;
    fastjson_buffer out;
    fastjson_report *report;
    CHECK(fastjson_query_compile(FASTJSON_QUERY_LANGUAGE_JQ, bytes(program), strlen(program), variables, &query, NULL) ==
          FASTJSON_OK);
    CHECK(fastjson_query_run(query, bytes(document), strlen(document), NULL, &out, &report) == FASTJSON_OK);
    CHECK(is(&out, "[1.50,2,3]"));
    CHECK(fastjson_report_hits(report) == 3);
    fastjson_buffer_free(&out);
    fastjson_report_free(report);
    CHECK(fastjson_query_run(query, bytes("1"), 1, NULL, &out, &report) == FASTJSON_PROGRAM_FAILED);
    CHECK(fastjson_report_message(report)[0] != '\0');
    fastjson_report_free(report);
    fastjson_query_free(query);

    CHECK(fastjson_query_compile(FASTJSON_QUERY_LANGUAGE_JSONPATH, bytes("$["), 2, NULL, &query, &report) ==
          FASTJSON_INVALID_QUERY);
    CHECK(query == NULL && fastjson_report_column(report) == 3);
    fastjson_report_free(report);
    CHECK(fastjson_query_compile(FASTJSON_QUERY_LANGUAGE_POINTER, bytes("/b"), 2, NULL, &query, NULL) == FASTJSON_OK);
    CHECK(fastjson_query_run(query, bytes(document), strlen(document), NULL, &out, NULL) == FASTJSON_NOT_FOUND);
    fastjson_query_free(query);
}

static void limits(void) {
    fastjson_options options = {.struct_size = sizeof options, .max_depth = 2, .time_ms = 20};
    fastjson_query *query;
    fastjson_buffer out;
    fastjson_report *report;
    CHECK(fastjson_validate(bytes("[[[1]]]"), 7, 0, &options, &report) == FASTJSON_LIMIT);
    CHECK(strcmp(fastjson_report_reason(report), "DEPTH_LIMIT") == 0);
    fastjson_report_free(report);
    CHECK(fastjson_query_compile(FASTJSON_QUERY_LANGUAGE_JQ, bytes("last(repeat(1))"), 15, NULL, &query, NULL) ==
          FASTJSON_OK);
    CHECK(fastjson_query_run(query, bytes("1"), 1, &options, &out, &report) == FASTJSON_BUDGET);
    CHECK(strcmp(fastjson_report_reason(report), "BUDGET_TIME") == 0);
    fastjson_report_free(report);
    options.cancel = fastjson_cancel_new();
    options.time_ms = 60000;
    fastjson_cancel_now(options.cancel);
    CHECK(fastjson_query_run(query, bytes("1"), 1, &options, &out, NULL) == FASTJSON_BUDGET);
    fastjson_cancel_free((fastjson_cancel *)options.cancel);
    fastjson_query_free(query);
}

static void arguments(void) {
    fastjson_options options = {.max_depth = 2};
    fastjson_report *report;
    CHECK(fastjson_validate(bytes("1"), 1, 0, &options, &report) == FASTJSON_INVALID_ARGUMENT);
    CHECK(strcmp(fastjson_report_reason(report), "ARGUMENT_INVALID") == 0);
    fastjson_report_free(report);
    CHECK(fastjson_format(NULL, 1, NULL, NULL, NULL, NULL) == FASTJSON_INVALID_ARGUMENT);
    CHECK(fastjson_validate(bytes("1"), 1, 99, NULL, NULL) == FASTJSON_INVALID_OPTION);
    CHECK(fastjson_report_message(NULL)[0] == '\0');
    fastjson_report_free(NULL);
    fastjson_query_free(NULL);
    fastjson_buffer_free(NULL);
    fastjson_cancel_free(NULL);
}

static void *run_often(void *shared) {
    for (int round = 0; round < 20; round++) {
        fastjson_buffer out;
        fastjson_code code = fastjson_query_run(shared, bytes("{\"a\":[1,2]}"), 11, NULL, &out, NULL);
        if (code != FASTJSON_OK || !is(&out, "[1,2]")) return "a thread got another answer";
        fastjson_buffer_free(&out);
    }
    return NULL;
}

static void threads(void) {
    fastjson_query *query;
    pthread_t threads[4];
    CHECK(fastjson_query_compile(FASTJSON_QUERY_LANGUAGE_JSONPATH, bytes("$.a[*]"), 6, NULL, &query, NULL) == FASTJSON_OK);
    for (int i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, run_often, query) == 0);
    for (int i = 0; i < 4; i++) {
        void *said = NULL;
        CHECK(pthread_join(threads[i], &said) == 0 && said == NULL);
    }
    fastjson_query_free(query);
}

/* A document as deep as any may be, on a thread with as little stack as docs/capi.md asks for. */
static void *go_deep(void *unused) {
    enum { DEPTH = 512 };
    char text[2 * DEPTH];
    (void)unused;
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    const int languages[] = {FASTJSON_QUERY_LANGUAGE_JSONPATH, FASTJSON_QUERY_LANGUAGE_JMESPATH, FASTJSON_QUERY_LANGUAGE_JQ};
    const char *programs[] = {"$..*", "sort([@, @])", "[..] | length"};
    fastjson_options options = {.struct_size = sizeof options, .max_depth = DEPTH, .time_ms = 60000};
    fastjson_buffer out;
    for (int i = 0; i < 3; i++) {
        fastjson_query *query;
        CHECK(fastjson_query_compile((uint32_t)languages[i], bytes(programs[i]), strlen(programs[i]), NULL, &query, NULL) ==
              FASTJSON_OK);
        fastjson_query_run(query, bytes(text), sizeof text, &options, &out, NULL);
        fastjson_buffer_free(&out);
        fastjson_query_free(query);
    }
    for (uint32_t to = FASTJSON_FORMAT_NDJSON; to <= FASTJSON_FORMAT_MSGPACK; to++) {
        fastjson_convert_options how = {.struct_size = sizeof how, .to = to};
        fastjson_convert(bytes(text), sizeof text, &how, &options, &out, NULL);
        how.from = to;
        how.to = FASTJSON_FORMAT_JSON;
        fastjson_buffer back;
        fastjson_convert(out.data, out.len, &how, &options, &back, NULL);
        fastjson_buffer_free(&out);
        fastjson_buffer_free(&back);
    }
    return NULL;
}

static void little_stack(void) {
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, 256 * 1024) == 0);
    CHECK(pthread_create(&thread, &attributes, go_deep, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    pthread_attr_destroy(&attributes);
}

static void *all(void *unused) {
    (void)unused;
    CHECK(strchr(fastjson_version(), '.') != NULL);
    validate();
    format();
    convert();
    query();
    limits();
    arguments();
    threads();
    little_stack();
    return NULL;
}

/* On a thread that ends: what the library keeps for a thread must be gone with it. */
int main(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, all, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    return failures == 0 ? 0 : 1;
}
