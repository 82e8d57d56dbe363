/* A program in C that calls every function of the library: what its parts share. */
#ifndef CLIENT_H_
#define CLIENT_H_

#include "coreengine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
#define COREENGINE_EXPORT(index, name, kind) ID_##name = index,
#include "exports.inc"
#undef COREENGINE_EXPORT
};

/* Runs everything in a folder for files, and writes what went wrong to a file there; returns how much did. */
int coreengine_client(const char *folder, const char *report);

int note(int index, int status, int expected, const char *name, const char *file, int line);
void give_up_unless(int as_expected);
void check(int condition, const char *text, const char *file, int line);

/*
 * Calls a function that must succeed, or else there is no sense in going on with this part; the same in a callback, which
 * must return; calls one that must fail and say why.
 */
#define OK(name, ...) give_up_unless(note(ID_##name, name(__VA_ARGS__), 0, #name, __FILE__, __LINE__))
#define OK_IN_CALLBACK(name, ...) note(ID_##name, name(__VA_ARGS__), 0, #name, __FILE__, __LINE__)
#define FAILS(name, ...) note(ID_##name, name(__VA_ARGS__), -1, #name, __FILE__, __LINE__)
#define CHECK(condition) check(!!(condition), #condition, __FILE__, __LINE__)

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

NDArrayHandle array_of(const float *values, mx_uint rank, const mx_uint *shape);
NDArrayHandle vector_of(const float *values, mx_uint length);
int has_values(NDArrayHandle array, int count, const float *expected);
NDArrayHandle invoke(const char *op, int inputs, NDArrayHandle *input, int params, const char **keys, const char **vals);
OpHandle op_named(const char *name);

/* data -> FullyConnected("fc", num_hidden = 2): arguments data, fc_weight, fc_bias; output fc_output. */
SymbolHandle layer(void);
int has_texts(const char **texts, mx_uint count, mx_uint expected_count, const char **expected);

/* A path in the folder for files; valid until the next call. */
const char *path_of(const char *name);

void test_global(void);
void test_operators(void);
void test_functions(void);
void test_arrays(void);
void test_sparse_arrays(void);
void test_shared_arrays(void);
void test_autograd(void);
void test_cached_operators(void);
void test_symbols(void);
void test_symbol_inference(void);
void test_nn_symbols(void);
void test_graphs(void);
void test_executors(void);
void test_custom_operators(void);
void test_custom_functions(void);
void test_iterators(void);
void test_records(void);
void test_images(void);
void test_stores(void);
void test_predictors(void);
void test_profiler(void);
void test_run_time_compilation(void);
void test_zero_arguments(void);
void test_shutdown(void);

#endif
