#ifndef FASTJSON_H
#define FASTJSON_H

/* Written by `cargo x gen` from crates/capi/src; do not edit. docs/capi.md explains how to use it. */

#include <stddef.h>
#include <stdint.h>

// Duplicate keys: report.
#define FASTJSON_DUPLICATE_KEYS_UNSPECIFIED 0

// A warning DUPLICATE_KEY for each; what stays text keeps every member, look-ups use the last.
#define FASTJSON_DUPLICATE_KEYS_REPORT 1

// An error DUPLICATE_KEY: the document is not valid.
#define FASTJSON_DUPLICATE_KEYS_REJECT 2

// The first of them counts; a warning DUPLICATE_DROPPED for each of the others.
#define FASTJSON_DUPLICATE_KEYS_FIRST 3

// The last of them counts; a warning DUPLICATE_DROPPED for each of the others.
#define FASTJSON_DUPLICATE_KEYS_LAST 4

// Profile: JSON.
#define FASTJSON_PROFILE_UNSPECIFIED 0

// RFC 8259.
#define FASTJSON_PROFILE_JSON 1

// RFC 7493 as well: warnings for numbers that a double does not hold, lone surrogates and noncharacters.
#define FASTJSON_PROFILE_I_JSON 2

// Format: JSON to read; nothing to write.
#define FASTJSON_FORMAT_UNSPECIFIED 0

// RFC 8259 JSON.
#define FASTJSON_FORMAT_JSON 1

// JSON5, of which JSON with comments is a part. Only read.
#define FASTJSON_FORMAT_JSON5 2

// JSON, one document a line.
#define FASTJSON_FORMAT_NDJSON 3

// YAML 1.2, core schema.
#define FASTJSON_FORMAT_YAML 4

// TOML 1.1, of which 1.0 is a part.
#define FASTJSON_FORMAT_TOML 5

// Comma separated values, RFC 4180.
#define FASTJSON_FORMAT_CSV 6

// Concise Binary Object Representation, RFC 8949.
#define FASTJSON_FORMAT_CBOR 7

// MessagePack.
#define FASTJSON_FORMAT_MSGPACK 8

// Whatever the document looks like; docs/convert.md has the rules. Only read.
#define FASTJSON_FORMAT_AUTO 9

// TOML 1.0: what only 1.1 allows is an error. Only read; what is written as TOML is valid under both.
#define FASTJSON_FORMAT_TOML_1_0 10

// Style: pretty.
#define FASTJSON_FORMAT_STYLE_UNSPECIFIED 0

// No white space outside strings.
#define FASTJSON_FORMAT_STYLE_MINIFY 1

// A member or element a line, indented.
#define FASTJSON_FORMAT_STYLE_PRETTY 2

// RFC 8785: the one form of all texts of a document.
#define FASTJSON_FORMAT_STYLE_CANONICAL 3

// BLAKE3 of the canonical form: a JSON string of 64 hexadecimal digits.
#define FASTJSON_FORMAT_STYLE_HASH 4

// Indentation: a line break and no spaces, since 0 is the default.
#define FASTJSON_INDENT_ZERO 4294967295

// Order of members: as read.
#define FASTJSON_KEY_ORDER_UNSPECIFIED 0

// As read.
#define FASTJSON_KEY_ORDER_AS_READ 1

// By UTF-16 code units, as RFC 8785 sorts.
#define FASTJSON_KEY_ORDER_SORTED 2

// Numbers: exact.
#define FASTJSON_NUMBERS_UNSPECIFIED 0

// As they were read, byte for byte.
#define FASTJSON_NUMBERS_EXACT 1

// As the shortest text of their double; a warning NUMBER_ROUNDED where that is another number.
#define FASTJSON_NUMBERS_DOUBLE 2

// A number that a double does not hold exactly becomes a string.
#define FASTJSON_NUMBERS_STRING_IF_UNSAFE 3

// Fidelity: report.
#define FASTJSON_FIDELITY_UNSPECIFIED 0

// Every loss is a warning with its place.
#define FASTJSON_FIDELITY_REPORT 1

// Any loss fails the call with FASTJSON_LOSS.
#define FASTJSON_FIDELITY_STRICT 2

// Values that JSON does not have: plain.
#define FASTJSON_FOREIGN_UNSPECIFIED 0

// The nearest plain value; each is a loss.
#define FASTJSON_FOREIGN_PLAIN 1

// An object such as {"$bytes":"AQI"}, which comes back as what it stands for. No loss.
#define FASTJSON_FOREIGN_TAGGED 2

// A stream where the target holds one document: an array.
#define FASTJSON_DOCUMENTS_UNSPECIFIED 0

// An array.
#define FASTJSON_DOCUMENTS_ARRAY 1

// The call fails with FASTJSON_INVALID_OPTION.
#define FASTJSON_DOCUMENTS_REFUSE 2

// The first row of CSV: names.
#define FASTJSON_CSV_HEADER_UNSPECIFIED 0

// It names the columns: rows are objects.
#define FASTJSON_CSV_HEADER_PRESENT 1

// It is a row like any other: rows are arrays.
#define FASTJSON_CSV_HEADER_ABSENT 2

// A cell of CSV: text.
#define FASTJSON_CSV_CELLS_UNSPECIFIED 0

// Text.
#define FASTJSON_CSV_CELLS_TEXT 1

// What is exactly a JSON number, true or false is that, and an empty cell is null.
#define FASTJSON_CSV_CELLS_TYPED 2

// Names of columns: flat.
#define FASTJSON_CSV_PATHS_UNSPECIFIED 0

// A name is a key; a nested value is JSON in its cell.
#define FASTJSON_CSV_PATHS_FLAT 1

// A name is a path; nested values have a column a leaf.
#define FASTJSON_CSV_PATHS_NESTED 2

// No language: a query must name its own.
#define FASTJSON_QUERY_LANGUAGE_UNSPECIFIED 0

// JSON Pointer, RFC 6901: gives the value it names.
#define FASTJSON_QUERY_LANGUAGE_POINTER 1

// JSONPath, RFC 9535: gives an array of the values it selects.
#define FASTJSON_QUERY_LANGUAGE_JSONPATH 2

// JMESPath: gives the value of the expression, or null.
#define FASTJSON_QUERY_LANGUAGE_JMESPATH 3

// jq, with the meaning of jq 1.8 (docs/jq.md lists what differs): gives an array of the results.
#define FASTJSON_QUERY_LANGUAGE_JQ 4

// No place: what fastjson_report_byte_offset gives where there is none.
#define FASTJSON_NO_OFFSET 18446744073709551615ull

// A flag that ends the calls whose options name it. It may be set from any thread, and stays set.
typedef struct fastjson_cancel fastjson_cancel;

// A compiled program. Nothing changes it, so that any number of threads may run it at the same time.
typedef struct fastjson_query fastjson_query;

// How a call went. Nothing changes it, so that any number of threads may ask it at the same time. What its functions give
// belongs to it and lives as long as it does. Asked of NULL, they give nothing: an empty text, 0.
typedef struct fastjson_report fastjson_report;

// Bytes that a call gave. The caller owns them, reads `data` up to `len`, changes no field and gives them back by
// fastjson_buffer_free. `data` is NULL where there are none. Text is UTF-8 without a zero byte at its end.
typedef struct fastjson_buffer {
    // The bytes.
    uint8_t *data;
    // How many there are.
    size_t len;
    // How many were allocated; for fastjson_buffer_free.
    size_t capacity;
} fastjson_buffer;

// What became of a call: FASTJSON_OK, or why there is no answer, by what the caller can do about it.
typedef int32_t fastjson_code;

// How a document is converted. A field that is 0 is its default; only `to` has none.
typedef struct fastjson_convert_options {
    // sizeof(fastjson_convert_options); always set it.
    uint32_t struct_size;
    // What the document is written in: FASTJSON_FORMAT_*. Default JSON.
    uint32_t from;
    // What is written: FASTJSON_FORMAT_*, but JSON5 and auto.
    uint32_t to;
    // What is done about losses: FASTJSON_FIDELITY_*. Default report.
    uint32_t fidelity;
    // The JSON form of values that JSON does not have: FASTJSON_FOREIGN_*. Default plain.
    uint32_t foreign;
    // What a stream of several documents becomes where the target holds one: FASTJSON_DOCUMENTS_*. Default an array.
    uint32_t documents;
    // Spaces a level where JSON is written, 1 to 16 or FASTJSON_INDENT_ZERO. Default no white space.
    uint32_t indent;
    // What separates cells of CSV, one character of ASCII. Default a comma.
    uint32_t csv_delimiter;
    // FASTJSON_CSV_HEADER_*. Default present.
    uint32_t csv_header;
    // FASTJSON_CSV_CELLS_*. Default text.
    uint32_t csv_cells;
    // FASTJSON_CSV_PATHS_*. Default flat.
    uint32_t csv_paths;
} fastjson_convert_options;

// Limits, budget and the reading of documents. A field that is 0 is its default, and NULL for the whole is every default.
typedef struct fastjson_options {
    // sizeof(fastjson_options); always set it.
    uint32_t struct_size;
    // Deepest nesting of a document in levels, at most 512; more is DEPTH_LIMIT. Default 128.
    uint32_t max_depth;
    // Longest document in bytes, below 4 GiB; more is INPUT_BYTES_LIMIT. Default 4 MiB.
    uint64_t max_bytes;
    // Most values of a document; more is NODES_LIMIT. Default 1,000,000.
    uint64_t max_nodes;
    // Longest answer in bytes; more is OUTPUT_TOO_LARGE. Default 4 MiB.
    uint64_t max_output_bytes;
    // Memory that a query or conversion may hold, in bytes; more is BUDGET_MEMORY. Default 256 MiB.
    uint64_t memory_bytes;
    // Time that a query, conversion or check of another format may take, in milliseconds; more is BUDGET_TIME. Default 100 for
    // queries, 1,000 for the others. What is one pass over a JSON text has no clock.
    uint64_t time_ms;
    // Most digits of one number; more is NUMBER_DIGITS_LIMIT. Default 1,000.
    uint32_t max_number_digits;
    // Most findings that a report carries; all are counted. Default 100.
    uint32_t max_diagnostics;
    // What is done about an object that has a key twice: FASTJSON_DUPLICATE_KEYS_*. Default report.
    uint32_t duplicate_keys;
    // What fastjson_validate reports beyond the grammar: FASTJSON_PROFILE_*. Default JSON.
    uint32_t profile;
    // What ends the call early, or NULL. It must live until the call returns.
    const struct fastjson_cancel *cancel;
} fastjson_options;

// How a JSON text is written. A field that is 0 is its default, and NULL for the whole is every default.
typedef struct fastjson_format_options {
    // sizeof(fastjson_format_options); always set it.
    uint32_t struct_size;
    // FASTJSON_FORMAT_STYLE_*. Default pretty.
    uint32_t style;
    // Spaces a level of pretty, 1 to 16 or FASTJSON_INDENT_ZERO. Default 2.
    uint32_t indent;
    // FASTJSON_KEY_ORDER_*; canonical and hash have their own. Default as read.
    uint32_t key_order;
    // FASTJSON_NUMBERS_*; canonical and hash have their own. Default exact.
    uint32_t numbers;
} fastjson_format_options;

// A variable of a jq program.
typedef struct fastjson_variable {
    // Its name without the dollar sign, ended by a zero byte; NULL ends a list of variables.
    const char *name;
    // Its value: a JSON text.
    const uint8_t *value;
    // Length of the value in bytes.
    size_t value_len;
} fastjson_variable;

// It worked. There may be warnings in the report.
#define FASTJSON_OK 0

// The document is not valid: mend it where the report says. Reason DOCUMENT_INVALID.
#define FASTJSON_INVALID_DOCUMENT 1

// The target cannot hold all of the document and FASTJSON_FIDELITY_STRICT was asked for. Reason FIDELITY_LOSS.
#define FASTJSON_LOSS 2

// Something is larger than allowed: send less, or raise the limit. Reasons *_LIMIT, OUTPUT_TOO_LARGE.
#define FASTJSON_LIMIT 3

// The work needs more time, memory or stack than it was given, or was cancelled. Reasons BUDGET_*.
#define FASTJSON_BUDGET 4

// The program cannot be compiled, or takes a value of a type that it must not: mend it. Reason QUERY_INVALID.
#define FASTJSON_INVALID_QUERY 5

// The program ran and ended with an error of its own. Reason PROGRAM_FAILED.
#define FASTJSON_PROGRAM_FAILED 6

// The JSON Pointer names nothing in this document. Reason POINTER_NOT_FOUND.
#define FASTJSON_NOT_FOUND 7

// A field of the options is out of its range, or does not fit the documents. Reason OPTION_INVALID.
#define FASTJSON_INVALID_OPTION 8

// A patch cannot be read or applied. No function of this version gives it. Reasons PATCH_*, DIFF_NOT_EXPRESSIBLE.
#define FASTJSON_PATCH 9

// The calling code is wrong: NULL where a pointer must stand, or a struct_size that cannot be. Reason ARGUMENT_INVALID.
#define FASTJSON_INVALID_ARGUMENT 10

// A fault of the library. It can go on being used; please report it. Reason PANIC.
#define FASTJSON_PANIC 11

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The version of the library, such as "0.1.0". Static: nobody frees it.
const char *fastjson_version(void);

// Frees the bytes of a buffer and empties it, so that freeing it again does nothing. NULL does nothing.
//
// # Safety
// `buffer` is NULL, or names a buffer as a call of this library left it, or one of zeros.
void fastjson_buffer_free(struct fastjson_buffer *buffer);

// A flag that is not set. The caller owns it: fastjson_cancel_free.
struct fastjson_cancel *fastjson_cancel_new(void);

// Ends the queries and conversions that run with this flag, at their next look at the clock, and those that begin with it: they
// give FASTJSON_BUDGET with the reason BUDGET_TIME. Does not wait for them. NULL does nothing.
//
// # Safety
// `cancel` is NULL or a flag that is not freed yet.
void fastjson_cancel_now(const struct fastjson_cancel *cancel);

// Frees a flag. Calls that began with it may still run and keep what they need. NULL does nothing.
//
// # Safety
// `cancel` is NULL or a flag that is not freed yet, and no other thread is in a function with it or about to be.
void fastjson_cancel_free(struct fastjson_cancel *cancel);

// Writes a document in another format. Each loss is a warning in the report, with its place in the source; docs/convert.md
// lists what is lost where. fastjson_report_format says what the source was read as.
//
// A parse and a write; a second parse where something was lost.
//
// # Safety
// `source` names `source_len` bytes, or anything where that is 0. `how` and `options` are NULL or name what their struct_size
// says. What `out` names is written: the caller frees it by fastjson_buffer_free; it is empty where the call fails. `report`
// is NULL, or what it names is written: a report that the caller frees by fastjson_report_free.
fastjson_code fastjson_convert(const uint8_t *source,
                               size_t source_len,
                               const struct fastjson_convert_options *how,
                               const struct fastjson_options *options,
                               struct fastjson_buffer *out,
                               struct fastjson_report **report);

// Writes a JSON text in a style; numbers and strings stay as they are, byte for byte, unless `how` asks for more.
//
// Warnings, such as those of duplicate keys, are in the report. One pass and the answer.
//
// # Safety
// `text` names `text_len` bytes, or anything where that is 0. `how` and `options` are NULL or name what their struct_size
// says. What `out` names is written: the caller frees it by fastjson_buffer_free; it is empty where the call fails. `report`
// is NULL, or what it names is written: a report that the caller frees by fastjson_report_free.
fastjson_code fastjson_format(const uint8_t *text,
                              size_t text_len,
                              const struct fastjson_format_options *how,
                              const struct fastjson_options *options,
                              struct fastjson_buffer *out,
                              struct fastjson_report **report);

// Compiles a program of at most 64 KiB. `language` is FASTJSON_QUERY_LANGUAGE_*. `variables` is NULL, or a list of variables of a
// jq program that ends with a name of NULL, at most 1,000. Fails with FASTJSON_INVALID_QUERY and the place in the program.
//
// JSON Pointer, JSONPath and JMESPath take microseconds, jq a millisecond or less.
//
// # Safety
// `program` names `program_len` bytes, or anything where that is 0. What `out` names is written: a query that the caller frees
// by fastjson_query_free; it is NULL where the call fails. `report` is NULL, or what it names is written: a report that the
// caller frees by fastjson_report_free. Nothing is kept of the program and the variables.
fastjson_code fastjson_query_compile(uint32_t language,
                                     const uint8_t *program,
                                     size_t program_len,
                                     const struct fastjson_variable *variables,
                                     struct fastjson_query **out,
                                     struct fastjson_report **report);

// Runs a query on a JSON text. JSON Pointer and JMESPath give a value, JSONPath and jq an array of values, perhaps empty;
// fastjson_report_hits says how many there are. jq runs on a thread of its own, for which the call waits.
//
// # Safety
// `query` came from fastjson_query_compile and is not freed before the call returns. `text` names `text_len` bytes, or
// anything where that is 0. `options` is NULL or names what its struct_size says. What `out` names is written: the caller frees
// it by fastjson_buffer_free; it is empty where the call fails. `report` is NULL, or what it names is written: a report that the
// caller frees by fastjson_report_free.
fastjson_code fastjson_query_run(const struct fastjson_query *query,
                                 const uint8_t *text,
                                 size_t text_len,
                                 const struct fastjson_options *options,
                                 struct fastjson_buffer *out,
                                 struct fastjson_report **report);

// Frees a query. NULL does nothing.
//
// # Safety
// `query` is NULL, or came from fastjson_query_compile, is not freed yet, and no thread runs it.
void fastjson_query_free(struct fastjson_query *query);

// The stable reason of a failure in upper case, as the gRPC contract spells it, such as "DOCUMENT_INVALID" or "BUDGET_TIME";
// empty after FASTJSON_OK. UTF-8, ended by a zero byte, valid as long as the report.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
const char *fastjson_report_reason(const struct fastjson_report *report);

// A sentence for people: what was found, where, and what was allowed. Echoes no key or value over 64 bytes. Empty after
// FASTJSON_OK. UTF-8, ended by a zero byte, valid as long as the report.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
const char *fastjson_report_message(const struct fastjson_report *report);

// Line of the first error, 1-based; 0 where there is none, and in binary documents. Of a query that cannot be compiled 1.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
uint64_t fastjson_report_line(const struct fastjson_report *report);

// Column of the first error in Unicode scalar values, 1-based; 0 where there is none, and in binary documents. Of a query that
// cannot be compiled the place in the program.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
uint64_t fastjson_report_column(const struct fastjson_report *report);

// Byte of the first error, 0-based; FASTJSON_NO_OFFSET where there is none. Of a query that cannot be compiled the place in the
// program.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
uint64_t fastjson_report_byte_offset(const struct fastjson_report *report);

// The findings, at most `max_diagnostics`, in the order of the document: a JSON array of what the gRPC contract calls Diagnostic,
// in the JSON form of REST. Warnings of a call that worked are here too. Written when it is first asked for. UTF-8, ended by a
// zero byte, valid as long as the report.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
const char *fastjson_report_diagnostics(const struct fastjson_report *report);

// How many findings there are in all.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
uint64_t fastjson_report_diagnostics_total(const struct fastjson_report *report);

// What the document holds, up to the first error: a JSON object of what the gRPC contract calls DocumentStats. Written when it
// is first asked for. UTF-8, ended by a zero byte, valid as long as the report.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
const char *fastjson_report_stats(const struct fastjson_report *report);

// How many values a query selected; for JMESPath 1, null included. 0 after any other call.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
uint64_t fastjson_report_hits(const struct fastjson_report *report);

// What a conversion read its source as, FASTJSON_FORMAT_*; 0 after any other call.
//
// # Safety
// `report` is NULL or a report that is not freed yet.
uint32_t fastjson_report_format(const struct fastjson_report *report);

// Frees a report and all that its functions gave. NULL does nothing.
//
// # Safety
// `report` is NULL or a report that is not freed yet, and no thread is in a function with it.
void fastjson_report_free(struct fastjson_report *report);

// Checks a document. FASTJSON_OK means that it is valid, FASTJSON_INVALID_DOCUMENT that it is not: the report then has every
// finding that can be told apart, for JSON with the fix of each where that is clear.
//
// `format` is what the document is written in, FASTJSON_FORMAT_*; 0 is JSON. One pass over a JSON text, memory by its depth;
// other formats cost a parse.
//
// # Safety
// `text` names `text_len` bytes, or anything where that is 0. `options` is NULL or names what its struct_size says. `report` is
// NULL, or what it names is written: a report that the caller frees by fastjson_report_free.
fastjson_code fastjson_validate(const uint8_t *text,
                                size_t text_len,
                                uint32_t format,
                                const struct fastjson_options *options,
                                struct fastjson_report **report);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* FASTJSON_H */
