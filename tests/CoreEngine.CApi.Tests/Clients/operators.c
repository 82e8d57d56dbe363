/* Errors, settings, operators and the functions of the time before them. */
#include "client.h"

void test_global(void)
{
    int value = -7;
    OK(MXGetVersion, &value);
    CHECK(value == 10000 || value == 10901);
    OK(MXRandomSeed, 3);
    OK(MXRandomSeedContext, 3, 1, 0);
    OK(MXSetNumOMPThreads, 2);
    OK(MXEngineSetBulkSize, 7, &value);
    OK(MXEngineSetBulkSize, value, &value);
    CHECK(value == 7);
    OK(MXGetGPUCount, &value);
    CHECK(value == 0);
    int free_memory = -7, total_memory = -7;
    FAILS(MXGetGPUMemoryInformation, 0, &free_memory, &total_memory);
    CHECK(free_memory == -7 && total_memory == -7);
    uint64_t free_bytes = 7, total_bytes = 7;
    FAILS(MXGetGPUMemoryInformation64, 0, &free_bytes, &total_bytes);
    CHECK(free_bytes == 7 && total_bytes == 7);

    const char *text = NULL;
    OK(MXSetEnv, "COREENGINE_CLIENT_TEST", "some text");
    OK(MXGetEnv, "COREENGINE_CLIENT_TEST", &text);
    CHECK(text != NULL && strcmp(text, "some text") == 0);
    const LibFeature *features = NULL;
    size_t count = 0;
    OK(MXLibInfoFeatures, &features, &count);
    CHECK(count > 0 && features[0].name != NULL);
    OK(MXIsNumpyShape, &value);
    CHECK(value == 0);
    OK(MXSetIsNumpyShape, 0, &value);
    CHECK(value == 0);
    OK(MXStorageEmptyCache, 1, 0);

    /* An error stays until the next one; the functions named MX and NN share it. */
    FAILS(MXGetVersion, NULL);
    char first[512];
    snprintf(first, sizeof first, "%s", MXGetLastError());
    OK(MXGetVersion, &value);
    CHECK(strcmp(first, MXGetLastError()) == 0);
    CHECK(strcmp(first, NNGetLastError()) == 0);
    NNAPISetLastError("mine");
    CHECK(strcmp(MXGetLastError(), "mine") == 0);
    note(ID_NNAPISetLastError, 0, 0, "NNAPISetLastError", __FILE__, __LINE__);
    note(ID_NNGetLastError, 0, 0, "NNGetLastError", __FILE__, __LINE__);
}

void test_operators(void)
{
    mx_uint count = 0, nn_count = 0, unique_count = 0, creator_count = 0;
    const char **names = NULL, **nn_names = NULL;
    OK(MXListAllOpNames, &count, &names);
    CHECK(count > 300);
    OK(NNListAllOpNames, &nn_count, &nn_names);
    CHECK(count == nn_count);
    OpHandle *ops = NULL;
    OK(NNListUniqueOps, &unique_count, &ops);
    CHECK(unique_count > 200 && unique_count <= count);
    AtomicSymbolCreator *creators = NULL;
    OK(MXSymbolListAtomicSymbolCreators, &creator_count, &creators);
    CHECK(creator_count > 200 && creator_count <= count);

    /* The list of names stays while handles are looked up; aliases have the handle of their operator. */
    OpHandle handle = NULL;
    for (mx_uint i = 0; i < nn_count; i++)
        OK(NNGetOpHandle, nn_names[i], &handle);
    FAILS(NNGetOpHandle, "no_such_operator", &handle);
    CHECK(op_named("Flatten") == op_named("flatten"));

    const char *name = NULL, *description = NULL, *variadic = NULL, *result = NULL;
    const char **arguments = NULL, **types = NULL, **texts = NULL;
    OK(MXSymbolGetAtomicSymbolName, op_named("flatten"), &name);
    CHECK(strcmp(name, "Flatten") == 0);
    OK(MXSymbolGetAtomicSymbolInfo, op_named("FullyConnected"), &name, &description, &count, &arguments, &types, &texts,
       &variadic, &result);
    CHECK(strcmp(name, "FullyConnected") == 0 && count == 6 && strcmp(variadic, "") == 0);
    CHECK(strcmp(arguments[0], "data") == 0 && strcmp(types[0], "NDArray-or-Symbol") == 0);
    CHECK(strcmp(arguments[3], "num_hidden") == 0 && strcmp(types[3], "int, required") == 0);
    OK(MXSymbolGetAtomicSymbolInfo, op_named("Concat"), &name, &description, &count, &arguments, &types, &texts, &variadic,
       NULL);
    CHECK(strcmp(variadic, "num_args") == 0);
    OK(NNGetOpInfo, op_named("clip"), &name, &description, &count, &arguments, &types, &texts, &result);
    CHECK(strcmp(name, "clip") == 0 && count == 3);

    const float values[] = {1, -2, 3};
    NDArrayHandle x = vector_of(values, 3), y = NULL, *outputs = NULL;
    int output_count = 0;
    const int *storage = NULL;
    OK(MXImperativeInvokeEx, op_named("abs"), 1, &x, &output_count, &outputs, 0, NULL, NULL, &storage);
    CHECK(output_count == 1 && storage[0] == 0 && has_values(outputs[0], 3, (float[]){1, 2, 3}));
    OK(MXNDArrayFree, outputs[0]);

    /* Into an array that was given: an empty one is filled. */
    const char *keys[] = {"a_min", "a_max"}, *vals[] = {"-1", "1"};
    OK(MXNDArrayCreateNone, &y);
    outputs = &y;
    output_count = 1;
    OK(MXImperativeInvoke, op_named("clip"), 1, &x, &output_count, &outputs, 2, keys, vals);
    CHECK(outputs == &y && has_values(y, 3, (float[]){1, -1, 1}));

    outputs = NULL;
    output_count = 77;
    FAILS(MXImperativeInvoke, op_named("clip"), 1, &x, &output_count, &outputs, 1, keys, vals);
    CHECK(outputs == NULL && output_count == 77 && strstr(MXGetLastError(), "a_max") != NULL);
    FAILS(MXImperativeInvoke, op_named("clip"), 2, &x, &output_count, &outputs, 2, keys, NULL);
    OK(MXNDArrayFree, x);
    OK(MXNDArrayFree, y);
}

void test_functions(void)
{
    mx_uint count = 0;
    FunctionHandle *functions = NULL, set = NULL;
    OK(MXListFunctions, &count, &functions);
    OK(MXGetFunction, "_set_value", &set);
    FAILS(MXGetFunction, "no_such_function", &set);
    const char *name = NULL, *description = NULL, *result = NULL;
    const char **arguments = NULL, **types = NULL, **texts = NULL;
    OK(MXFuncGetInfo, set, &name, &description, &count, &arguments, &types, &texts, &result);
    CHECK(strcmp(name, "_set_value") == 0);
    mx_uint used = 9, scalars = 9, changed = 9;
    int mask = -7;
    OK(MXFuncDescribe, set, &used, &scalars, &changed, &mask);
    CHECK(used == 0 && scalars == 1 && changed == 1);
    const float values[] = {0, 0};
    float scalar = 5;
    NDArrayHandle x = vector_of(values, 2);
    OK(MXFuncInvoke, set, NULL, &scalar, &x);
    CHECK(has_values(x, 2, (float[]){5, 5}));
    scalar = 6;
    OK(MXFuncInvokeEx, set, NULL, &scalar, &x, 0, NULL, NULL);
    CHECK(has_values(x, 2, (float[]){6, 6}));
    OK(MXNDArrayFree, x);
}

void test_run_time_compilation(void)
{
    CudaModuleHandle module = NULL;
    CudaKernelHandle kernel = NULL;
    RtcHandle old = NULL;
    char name[] = "k", source[] = "__global__ void k() {}";
    const char *exports[] = {"k"};
    FAILS(MXRtcCudaModuleCreate, source, 0, NULL, 1, exports, &module);
    CHECK(module == NULL && strstr(MXGetLastError(), "GPU") != NULL);
    FAILS(MXRtcCudaKernelCreate, module, name, 0, NULL, NULL, NULL, &kernel);
    FAILS(MXRtcCudaKernelCall, kernel, 0, NULL, 1, 1, 1, 1, 1, 1, 0);
    FAILS(MXRtcCreate, name, 0, 0, NULL, NULL, NULL, NULL, source, &old);
    FAILS(MXRtcPush, old, 0, 0, NULL, NULL, 1, 1, 1, 1, 1, 1);
    OK(MXRtcFree, old);
    OK(MXRtcCudaKernelFree, kernel);
    OK(MXRtcCudaModuleFree, module);
    FAILS(MXRtcFree, (RtcHandle)12345);
    FAILS(MXRtcCudaKernelFree, (CudaKernelHandle)12345);
    FAILS(MXRtcCudaModuleFree, (CudaModuleHandle)12345);
}
