/* Runs the parts of the client and keeps count: every export must have succeeded and, where it can, failed. */
#include "client.h"

#include <math.h>
#include <setjmp.h>

static unsigned char succeeded[COREENGINE_EXPORT_COUNT];
static unsigned char failed[COREENGINE_EXPORT_COUNT];
static int problems;
static FILE *out;
static const char *files;
static jmp_buf next_part;

static const char *names[] = {
#define COREENGINE_EXPORT(index, name, kind) #name,
#include "exports.inc"
#undef COREENGINE_EXPORT
};

/* What this build does not have; calling it is an error that says so. */
static const int never_succeed[] = {
    ID_MXSymbolGrad,
    ID_MXSymbolCutSubgraph,
    ID_MXRtcCreate,
    ID_MXRtcPush,
    ID_MXRtcCudaModuleCreate,
    ID_MXRtcCudaKernelCreate,
    ID_MXRtcCudaKernelCall,
    ID_MXGetGPUMemoryInformation,
    ID_MXGetGPUMemoryInformation64,
};

/* What has nothing to fail at. */
static const int never_fail[] = {
    ID_MXGetLastError,
    ID_NNGetLastError,
    ID_NNAPISetLastError,
    ID_MXRandomSeed,
    ID_MXNotifyShutdown,
    ID_MXNDArrayWaitAll,
    ID_MXNDArrayCallDLPackDeleter,
    ID_MXSetIsNumpyShape,
    ID_MXAutogradSetIsRecording,
    ID_MXAutogradSetIsTraining,
    ID_MXProfilePause,
    ID_MXDumpProfile,
};

static int contains(const int *list, int count, int value)
{
    for (int i = 0; i < count; i++)
    {
        if (list[i] == value)
            return 1;
    }
    return 0;
}

int note(int index, int status, int expected, const char *name, const char *file, int line)
{
    const char *error = MXGetLastError();
    succeeded[index] |= status == 0;
    failed[index] |= status == -1;
    if (status != expected || (status == -1 && (error == NULL || *error == 0)))
    {
        problems++;
        fprintf(out, "%s:%d: %s returned %d instead of %d: %s\n", file, line, name, status, expected, error);
        fflush(out);
    }
    return status == expected;
}

void give_up_unless(int as_expected)
{
    if (!as_expected)
        longjmp(next_part, 1);
}

void check(int condition, const char *text, const char *file, int line)
{
    if (condition)
        return;
    problems++;
    fprintf(out, "%s:%d: not so: %s\n", file, line, text);
    fflush(out);
}

NDArrayHandle array_of(const float *values, mx_uint rank, const mx_uint *shape)
{
    NDArrayHandle array = NULL;
    size_t size = 1;
    for (mx_uint i = 0; i < rank; i++)
        size *= shape[i];
    OK(MXNDArrayCreateEx, shape, rank, 1, 0, 0, 0, &array);
    OK(MXNDArraySyncCopyFromCPU, array, values, size);
    return array;
}

NDArrayHandle vector_of(const float *values, mx_uint length)
{
    return array_of(values, 1, &length);
}

int has_values(NDArrayHandle array, int count, const float *expected)
{
    float values[64] = {0};
    OK(MXNDArraySyncCopyToCPU, array, values, (size_t)count);
    for (int i = 0; i < count; i++)
    {
        if (!(fabsf(values[i] - expected[i]) <= 1e-5f * (1 + fabsf(expected[i]))))
        {
            fprintf(out, "element %d is %g instead of %g\n", i, values[i], expected[i]);
            return 0;
        }
    }
    return 1;
}

OpHandle op_named(const char *name)
{
    OpHandle op = NULL;
    OK(NNGetOpHandle, name, &op);
    return op;
}

NDArrayHandle invoke(const char *op, int inputs, NDArrayHandle *input, int params, const char **keys, const char **vals)
{
    int outputs = 0;
    NDArrayHandle *output = NULL;
    OK(MXImperativeInvoke, op_named(op), inputs, input, &outputs, &output, params, keys, vals);
    CHECK(outputs == 1);
    return outputs == 1 ? output[0] : NULL;
}

int has_texts(const char **texts, mx_uint count, mx_uint expected_count, const char **expected)
{
    if (count != expected_count)
        return 0;
    for (mx_uint i = 0; i < count; i++)
    {
        if (strcmp(texts[i], expected[i]) != 0)
            return 0;
    }
    return 1;
}

const char *path_of(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s", files, name);
    return path;
}

int coreengine_client(const char *folder, const char *report)
{
    static void (*const parts[])(void) = {
        test_global,      test_operators,      test_functions,        test_arrays,           test_sparse_arrays,
        test_shared_arrays, test_autograd,     test_cached_operators, test_symbols,          test_symbol_inference,
        test_nn_symbols,  test_graphs,         test_executors,        test_custom_operators, test_custom_functions,
        test_iterators,   test_records,        test_images,           test_stores,           test_predictors,
        test_profiler,    test_run_time_compilation, test_zero_arguments, test_shutdown,
    };
    files = folder;
    out = fopen(report, "w");
    if (out == NULL)
        return 1;
    for (volatile int i = 0; i < COUNT(parts); i++)
    {
        if (setjmp(next_part) == 0)
            parts[i]();
    }
    for (int i = 0; i < COREENGINE_EXPORT_COUNT; i++)
    {
        if (!succeeded[i] && !contains(never_succeed, COUNT(never_succeed), i) && i > 0)
            problems++, fprintf(out, "%s never succeeded\n", names[i]);
        if (!failed[i] && !contains(never_fail, COUNT(never_fail), i))
            problems++, fprintf(out, "%s never failed\n", names[i]);
        if (succeeded[i] && contains(never_succeed, COUNT(never_succeed), i))
            problems++, fprintf(out, "%s succeeded\n", names[i]);
    }
    fprintf(out, "%d problems\n", problems);
    fclose(out);
    return problems;
}

#ifdef COREENGINE_CLIENT_MAIN
int main(int argc, char **argv)
{
    if (argc != 3)
    {
        fprintf(stderr, "usage: %s FOLDER REPORT\n", argv[0]);
        return 2;
    }
    return coreengine_client(argv[1], argv[2]) == 0 ? 0 : 1;
}
#endif
