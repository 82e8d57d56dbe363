/* Key-value stores, predictors, the profiler. */
#include "client.h"

static int s_updates;
static OpHandle s_subtract;

static void update(int key, NDArrayHandle received, NDArrayHandle stored, void *context)
{
    CHECK(key == 3 && context == &s_updates);
    NDArrayHandle both[] = {stored, received}, *target = &stored;
    int count = 1;
    OK_IN_CALLBACK(MXImperativeInvoke, s_subtract, 2, both, &count, &target, 0, NULL, NULL);
    OK_IN_CALLBACK(MXNDArrayFree, received);
    OK_IN_CALLBACK(MXNDArrayFree, stored);
    s_updates++;
}

static void update_text(const char *key, NDArrayHandle received, NDArrayHandle stored, void *context)
{
    CHECK(strcmp(key, "three") == 0);
    (void)context;
    OK_IN_CALLBACK(MXNDArrayFree, received);
    OK_IN_CALLBACK(MXNDArrayFree, stored);
    s_updates++;
}

static void control(int head, const char *body, void *context)
{
    (void)head;
    (void)body;
    (void)context;
}

static void test_row_sparse(KVStoreHandle store, int texts)
{
    const int keys[] = {9};
    const char *names[] = {"nine"};
    const mx_uint shape[] = {2, 2};
    NDArrayHandle dense = array_of((float[]){1, 2, 3, 4}, 2, shape);
    const char *cast_keys[] = {"stype"}, *to_rows[] = {"row_sparse"};
    NDArrayHandle rows = invoke("cast_storage", 1, &dense, 1, cast_keys, to_rows);
    NDArrayHandle target = NULL, ids = NULL;
    mx_uint aux_rank = 1, zero_rows[] = {0};
    int type = 6;
    OK(MXNDArrayCreateSparseEx, 1, shape, 2, 1, 0, 0, 0, 1, &type, &aux_rank, zero_rows, &target);
    const mx_uint one[] = {1};
    const int64_t second_row[] = {1};
    OK(MXNDArrayCreateEx, one, 1, 1, 0, 0, 6, &ids);
    OK(MXNDArraySyncCopyFromCPU, ids, second_row, 1);
    if (texts)
    {
        OK(MXKVStoreInitEx, store, 1, names, &rows);
        OK(MXKVStorePullRowSparseEx, store, 1, names, &target, &ids, 0);
        OK(MXKVStorePullWithSparseEx, store, 1, names, &rows, 0, 1);
    }
    else
    {
        OK(MXKVStoreInit, store, 1, keys, &rows);
        OK(MXKVStorePullRowSparse, store, 1, keys, &target, &ids, 0);
        OK(MXKVStorePullWithSparse, store, 1, keys, &rows, 0, 1);
    }
    const char *to_dense[] = {"default"};
    NDArrayHandle result = invoke("cast_storage", 1, &target, 1, cast_keys, to_dense);
    CHECK(has_values(result, 4, (float[]){0, 0, 3, 4}));
    OK(MXNDArrayFree, result);
    OK(MXNDArrayFree, ids);
    OK(MXNDArrayFree, target);
    OK(MXNDArrayFree, rows);
    OK(MXNDArrayFree, dense);
}

static void test_numbered(void)
{
    KVStoreHandle store = NULL;
    const int keys[] = {3, 3}, five[] = {5};
    NDArrayHandle value = vector_of((float[]){1, 2}, 2), other = vector_of((float[]){10, 20}, 2);
    NDArrayHandle both[] = {value, other}, result = vector_of((float[]){0, 0}, 2);
    OK(MXKVStoreCreate, "local", &store);
    OK(MXKVStoreInit, store, 1, keys, &value);
    FAILS(MXKVStoreInit, store, 1, keys, &value);
    OK(MXKVStorePush, store, 2, keys, both, 0);
    OK(MXKVStorePull, store, 1, keys, &result, 0);
    CHECK(has_values(result, 2, (float[]){11, 22}));
    OK(MXKVStoreSetUpdater, store, update, &s_updates);
    OK(MXKVStorePush, store, 1, keys, &value, 0);
    OK(MXKVStorePull, store, 1, keys, &result, 0);
    CHECK(s_updates == 1 && has_values(result, 2, (float[]){10, 20}));
    OK(MXKVStorePushPull, store, 1, keys, 1, keys, &value, &result, 0);
    CHECK(s_updates == 2 && has_values(result, 2, (float[]){9, 18}));
    OK(MXKVStoreBroadcast, store, 1, five, 1, five, &other, &result, 0);
    CHECK(has_values(result, 2, (float[]){10, 20}));
    test_row_sparse(store, 0);
    FAILS(MXKVStorePull, store, 1, (const int[]){99}, &result, 0);

    const char *text = NULL;
    int number = -7;
    OK(MXKVStoreGetType, store, &text);
    CHECK(strcmp(text, "local") == 0);
    OK(MXKVStoreGetRank, store, &number);
    CHECK(number == 0);
    OK(MXKVStoreGetGroupSize, store, &number);
    CHECK(number == 1);
    OK(MXKVStoreGetNumDeadNode, store, 7, &number, 1);
    CHECK(number == 0);
    OK(MXKVStoreBarrier, store);
    OK(MXKVStoreSetBarrierBeforeExit, store, 1);
    OK(MXKVStoreRunServer, store, control, NULL);
    OK(MXKVStoreSendCommmandToServers, store, 0, "body");
    OK(MXKVStoreFree, store);
    FAILS(MXKVStoreFree, store);
    OK(MXNDArrayFree, value);
    OK(MXNDArrayFree, other);
    OK(MXNDArrayFree, result);
}

static void test_named(void)
{
    KVStoreHandle store = NULL;
    const char *keys[] = {"three"}, *five[] = {"five"};
    NDArrayHandle value = vector_of((float[]){1, 2}, 2), result = vector_of((float[]){0, 0}, 2);
    OK(MXKVStoreCreate, "device", &store);
    OK(MXKVStoreInitEx, store, 1, keys, &value);
    OK(MXKVStorePushEx, store, 1, keys, &value, 0);
    OK(MXKVStorePullEx, store, 1, keys, &result, 0);
    CHECK(has_values(result, 2, (float[]){1, 2}));
    OK(MXKVStorePushPullEx, store, 1, keys, 1, keys, &value, &result, 0);
    OK(MXKVStoreBroadcastEx, store, 1, five, 1, five, &value, &result, 0);
    s_updates = 0;
    OK(MXKVStoreSetUpdaterEx, store, update, update_text, &s_updates);
    OK(MXKVStorePushEx, store, 1, keys, &value, 0);
    CHECK(s_updates == 1);
    const int number[] = {1};
    FAILS(MXKVStoreInit, store, 1, number, &value);
    OK(MXKVStoreFree, store);

    OK(MXKVStoreCreate, "local", &store);
    test_row_sparse(store, 1);
    OK(MXKVStoreFree, store);
    OK(MXKVStoreCreate, "device", &store);
    const char *compression[] = {"type", "threshold"}, *how[] = {"2bit", "0.5"}, *wrong[] = {"no_such", "0.5"};
    OK(MXKVStoreSetGradientCompression, store, 2, compression, how);
    FAILS(MXKVStoreSetGradientCompression, store, 2, compression, wrong);
    OK(MXKVStoreFree, store);
    OK(MXNDArrayFree, value);
    OK(MXNDArrayFree, result);
}

void test_stores(void)
{
    int is = -7;
    OK(MXKVStoreIsWorkerNode, &is);
    CHECK(is == 1);
    OK(MXKVStoreIsServerNode, &is);
    CHECK(is == 0);
    OK(MXKVStoreIsSchedulerNode, &is);
    CHECK(is == 0);
    const char *keys[] = {"COREENGINE_CLIENT_PS"}, *vals[] = {"1"};
    OK(MXInitPSEnv, 1, keys, vals);
    FAILS(MXInitPSEnv, 1, keys, NULL);
    s_subtract = op_named("elemwise_sub");
    test_numbered();
    test_named();
}

/* The parameters of the layer as the bytes of a file. */
static int save_parameters(char *bytes, int room)
{
    const char *names[] = {"arg:fc_weight", "arg:fc_bias"};
    NDArrayHandle arrays[] = {
        array_of((float[]){1, 0, 0, 0, 1, 1}, 2, (mx_uint[]){2, 3}),
        vector_of((float[]){10, 20}, 2),
    };
    OK(MXNDArraySave, path_of("fc.params"), 2, arrays, names);
    OK(MXNDArrayFree, arrays[0]);
    OK(MXNDArrayFree, arrays[1]);
    FILE *file = fopen(path_of("fc.params"), "rb");
    int size = (int)fread(bytes, 1, (size_t)room, file);
    fclose(file);
    return size;
}

static int s_monitored;

static void monitor(const char *name, NDArrayHandle array, void *context)
{
    s_monitored += strcmp(name, "fc_output") == 0 && context == &s_monitored;
    OK_IN_CALLBACK(MXNDArrayFree, array);
}

static void predict(PredictorHandle predictor)
{
    float output[2] = {0};
    mx_uint *shape = NULL, rank = 0;
    OK(MXPredSetInput, predictor, "data", (float[]){1, 2, 3}, 3);
    OK(MXPredForward, predictor);
    OK(MXPredGetOutputShape, predictor, 0, &shape, &rank);
    CHECK(rank == 2 && shape[0] == 1 && shape[1] == 2);
    OK(MXPredGetOutput, predictor, 0, output, 2);
    CHECK(output[0] == 11 && output[1] == 25);
}

void test_predictors(void)
{
    SymbolHandle symbol = layer();
    const char *text = NULL, *inputs[] = {"data"}, *outputs[] = {"fc"};
    char json[4096], bytes[4096];
    OK(MXSymbolSaveToJSON, symbol, &text);
    snprintf(json, sizeof json, "%s", text);
    OK(MXSymbolFree, symbol);
    int size = save_parameters(bytes, sizeof bytes);
    const mx_uint offsets[] = {0, 2}, shape[] = {1, 3}, wide[] = {2, 3};
    PredictorHandle predictor = NULL, second = NULL, several[2] = {NULL, NULL};
    OK(MXPredCreate, json, bytes, size, 1, 0, 1, inputs, offsets, shape, &predictor);
    predict(predictor);
    int left = -7, type = -7;
    OK(MXPredPartialForward, predictor, 0, &left);
    OK(MXPredGetOutputType, predictor, 0, &type);
    CHECK(type == 0);
    FAILS(MXPredSetInput, predictor, "data", (float[]){1, 2}, 2);
    FAILS(MXPredSetInput, predictor, "stranger", (float[]){1, 2, 3}, 3);
    float few[1];
    FAILS(MXPredGetOutput, predictor, 0, few, 1);
    FAILS(MXPredGetOutput, predictor, 1, few, 1);
    OK(MXPredSetMonitorCallback, predictor, monitor, &s_monitored, 0);
    predict(predictor);
    CHECK(s_monitored == 1);

    OK(MXPredReshape, 1, inputs, offsets, wide, predictor, &second);
    OK(MXPredFree, predictor);
    FAILS(MXPredForward, predictor);
    OK(MXPredSetInput, second, "data", (float[]){1, 2, 3, 1, 2, 3}, 6);
    OK(MXPredForward, second);
    float output[4] = {0};
    OK(MXPredGetOutput, second, 0, output, 4);
    CHECK(output[0] == 11 && output[3] == 25);
    OK(MXPredFree, second);
    FAILS(MXPredFree, second);

    OK(MXPredCreatePartialOut, json, bytes, size, 1, 0, 1, inputs, offsets, shape, 1, outputs, &predictor);
    predict(predictor);
    OK(MXPredFree, predictor);
    const char *typed[] = {"data"};
    const int types[] = {0};
    OK(MXPredCreateEx, json, bytes, size, 1, 0, 1, inputs, offsets, shape, 1, typed, types, &predictor);
    predict(predictor);
    OK(MXPredFree, predictor);
    OK(MXPredCreateMultiThread, json, bytes, size, 1, 0, 1, inputs, offsets, shape, 2, several);
    predict(several[0]);
    predict(several[1]);
    OK(MXPredFree, several[0]);
    OK(MXPredFree, several[1]);
    predictor = (PredictorHandle)77;
    FAILS(MXPredCreate, json, bytes, size - 3, 1, 0, 1, inputs, offsets, shape, &predictor);
    CHECK(predictor == (PredictorHandle)77);

    NDListHandle list = NULL;
    mx_uint count = 0, rank = 0;
    const mx_uint *extents = NULL;
    const float *data = NULL;
    const char *key = NULL;
    OK(MXNDListCreate, bytes, size, &list, &count);
    CHECK(count == 2);
    OK(MXNDListGet, list, 1, &key, &data, &extents, &rank);
    CHECK(strcmp(key, "arg:fc_bias") == 0 && rank == 1 && extents[0] == 2 && data[1] == 20);
    FAILS(MXNDListGet, list, 2, &key, &data, &extents, &rank);
    OK(MXNDListFree, list);
    FAILS(MXNDListFree, list);
}

void test_profiler(void)
{
    char path[1024];
    snprintf(path, sizeof path, "%s", path_of("profile.json"));
    OK(MXSetProfilerConfig, 1, path, NULL);
    OK(MXSetProfilerState, 1);
    FAILS(MXSetProfilerState, 7);
    NDArrayHandle x = vector_of((float[]){1, 2}, 2), y = invoke("square", 1, &x, 0, NULL, NULL);
    OK(MXNDArrayWaitAll);
    ProfileHandle domain = NULL, task = NULL, frame = NULL, event = NULL, counter = NULL;
    OK(MXProfileCreateDomain, "domain", &domain);
    OK(MXProfileCreateTask, domain, "task", &task);
    OK(MXProfileCreateFrame, domain, "frame", &frame);
    OK(MXProfileCreateEvent, "event", &event);
    OK(MXProfileCreateCounter, domain, "counter", &counter);
    ProfileHandle durations[] = {task, frame, event};
    for (int i = 0; i < 3; i++)
    {
        OK(MXProfileDurationStart, durations[i]);
        OK(MXProfileDurationStop, durations[i]);
    }
    OK(MXProfileSetCounter, counter, 4);
    OK(MXProfileAdjustCounter, counter, -1);
    FAILS(MXProfileSetCounter, task, 4);
    FAILS(MXProfileDurationStart, counter);
    OK(MXProfileSetMarker, domain, "moment", "process");
    OK(MXProfilePause, 1);
    OK(MXProfilePause, 0);
    OK(MXProcessProfilePause, 0, 0, NULL);
    OK(MXSetProfilerState, 0);
    const char *text = NULL;
    OK(MXAggregateProfileStatsPrint, &text, 0);
    CHECK(text != NULL && strstr(text, "square") != NULL);
    OK(MXAggregateProfileStatsPrintEx, &text, 0, 1, 0, 0);
    CHECK(text != NULL && text[0] == '{');
    OK(MXDumpProfile, 1);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    if (file != NULL)
    {
        char start[4096] = {0};
        size_t length = fread(start, 1, sizeof start - 1, file);
        CHECK(length > 10 && strstr(start, "traceEvents") != NULL);
        fclose(file);
    }
    const char *keys[] = {"filename", "profile_all"}, *vals[] = {path, "1"};
    OK(MXSetProcessProfilerConfig, 2, keys, vals, NULL);
    FAILS(MXSetProcessProfilerConfig, 2, keys, NULL, NULL);
    FAILS(MXSetProcessProfilerState, 7, 0, NULL);
    FAILS(MXProcessProfilePause, 0, 7, NULL);
    FAILS(MXDumpProcessProfile, 1, 7, NULL);
    OK(MXSetProcessProfilerState, 1, 0, NULL);
    OK(MXSetProcessProfilerState, 0, 0, NULL);
    OK(MXDumpProcessProfile, 1, 0, NULL);
    ProfileHandle all[] = {task, frame, event, counter, domain};
    for (int i = 0; i < 5; i++)
        OK(MXProfileDestroyHandle, all[i]);
    FAILS(MXProfileDestroyHandle, task);
    OK(MXNDArrayFree, x);
    OK(MXNDArrayFree, y);
}
