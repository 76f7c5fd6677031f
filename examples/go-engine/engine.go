package main

// The engine through its C ABI. docs/capi.md says how it is built and linked.

/*
#cgo LDFLAGS: -lfastjson -lpthread -lm -ldl
#include "fastjson.h"
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"unsafe"
)

// Error is what a call says that has no answer.
type Error struct {
	Code         int
	Reason       string // stable, as in the gRPC contract
	Message      string // for people
	Line, Column uint64 // 1-based; 0 where there is no place
	Diagnostics  []Diagnostic
}

// Diagnostic is a finding; docs/diagnostics.md lists the codes.
type Diagnostic struct {
	Code, Message string
	Start         struct{ ByteOffset, Line, Column uint64 }
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Reason, e.Message) }

// Validate says what is wrong with a JSON text; nil where nothing is.
func Validate(text []byte) error {
	var report *C.fastjson_report
	data, size := pointer(text)
	code := C.fastjson_validate(data, size, C.FASTJSON_FORMAT_JSON, nil, &report)
	return failure(code, report)
}

// YAMLToJSON converts a document.
func YAMLToJSON(text []byte) ([]byte, error) {
	how := C.fastjson_convert_options{struct_size: C.sizeof_fastjson_convert_options}
	how.from, how.to = C.FASTJSON_FORMAT_YAML, C.FASTJSON_FORMAT_JSON
	var out C.fastjson_buffer
	var report *C.fastjson_report
	data, size := pointer(text)
	code := C.fastjson_convert(data, size, &how, nil, &out, &report)
	return answer(code, out, report)
}

// Query is a compiled program. Any number of goroutines may run it at the same time.
type Query struct{ query *C.fastjson_query }

// Compile compiles a jq program. Close frees it.
func Compile(program string) (*Query, error) {
	var query *C.fastjson_query
	var report *C.fastjson_report
	data, size := pointer([]byte(program))
	code := C.fastjson_query_compile(C.FASTJSON_QUERY_LANGUAGE_JQ, data, size, nil, &query, &report)
	return &Query{query}, failure(code, report)
}

// Run gives the array of the program's results, within 50 ms.
func (q *Query) Run(text []byte) ([]byte, error) {
	options := C.fastjson_options{struct_size: C.sizeof_fastjson_options, time_ms: 50}
	var out C.fastjson_buffer
	var report *C.fastjson_report
	data, size := pointer(text)
	code := C.fastjson_query_run(q.query, data, size, &options, &out, &report)
	return answer(code, out, report)
}

// Close frees the query; nobody may run it any more.
func (q *Query) Close() { C.fastjson_query_free(q.query) }

func pointer(text []byte) (*C.uint8_t, C.size_t) {
	return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(text))), C.size_t(len(text))
}

// answer copies what a call gave into Go's memory and frees it.
func answer(code C.fastjson_code, out C.fastjson_buffer, report *C.fastjson_report) ([]byte, error) {
	defer C.fastjson_buffer_free(&out)
	if err := failure(code, report); err != nil {
		return nil, err
	}
	return C.GoBytes(unsafe.Pointer(out.data), C.int(out.len)), nil
}

// failure frees the report of a call; nil where it worked.
func failure(code C.fastjson_code, report *C.fastjson_report) error {
	defer C.fastjson_report_free(report)
	if code == C.FASTJSON_OK {
		return nil
	}
	err := &Error{
		Code:    int(code),
		Reason:  C.GoString(C.fastjson_report_reason(report)),
		Message: C.GoString(C.fastjson_report_message(report)),
		Line:    uint64(C.fastjson_report_line(report)),
		Column:  uint64(C.fastjson_report_column(report)),
	}
	if err := json.Unmarshal([]byte(C.GoString(C.fastjson_report_diagnostics(report))), &err.Diagnostics); err != nil {
		return fmt.Errorf("the findings of the engine: %w", err)
	}
	return err
}
