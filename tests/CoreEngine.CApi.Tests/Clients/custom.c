/* A custom operator that squares, and a function whose backward pass is written here. */
#include "client.h"

static int s_created, s_deleted, s_forward, s_backward;
static char *s_inputs[] = {"data", NULL}, *s_outputs[] = {"output", NULL}, *s_states[] = {NULL};

static int delete_property(void *context)
{
    s_deleted += context == &s_deleted;
    return 1;
}

static int list_arguments(char ***names, void *context)
{
    (void)context;
    *names = s_inputs;
    return 1;
}

static int list_outputs(char ***names, void *context)
{
    (void)context;
    *names = s_outputs;
    return 1;
}

static int list_states(char ***names, void *context)
{
    (void)context;
    *names = s_states;
    return 1;
}

static int infer_shape(int count, int *ranks, unsigned **shapes, void *context)
{
    (void)context;
    CHECK(count == 2);
    ranks[1] = ranks[0];
    shapes[1] = shapes[0];
    return 1;
}

static int needs(const int *grads, const int *inputs, const int *outputs, int *count, int **list, void *context)
{
    static int needed[2];
    (void)context;
    (void)outputs;
    needed[0] = grads[0];
    needed[1] = inputs[0];
    *count = 2;
    *list = needed;
    return 1;
}

static int infer_type(int count, int *types, void *context)
{
    (void)context;
    CHECK(count == 2);
    types[1] = types[0];
    return 1;
}

static void read_values(NDArrayHandle array, float *values)
{
    OK_IN_CALLBACK(MXNDArraySyncCopyToCPU, array, values, 3);
}

static int forward(int count, void **arrays, int *tags, const int *reqs, int is_train, void *context)
{
    float values[3];
    CHECK(count == 2 && tags[0] == 0 && tags[1] == 1 && reqs[0] == 1 && context == &s_created && is_train == 1);
    read_values(arrays[0], values);
    for (int i = 0; i < 3; i++)
        values[i] *= values[i];
    OK_IN_CALLBACK(MXNDArraySyncCopyFromCPU, arrays[1], values, 3);
    for (int i = 0; i < count; i++)
        OK_IN_CALLBACK(MXNDArrayFree, arrays[i]);
    s_forward++;
    return 1;
}

static int backward(int count, void **arrays, int *tags, const int *reqs, int is_train, void *context)
{
    float values[3] = {0}, grads[3] = {0};
    NDArrayHandle target = NULL;
    (void)is_train;
    (void)reqs;
    (void)context;
    for (int i = 0; i < count; i++)
    {
        if (tags[i] == 3)
            read_values(arrays[i], grads);
        else if (tags[i] == 0)
            read_values(arrays[i], values);
        else if (tags[i] == 2)
            target = arrays[i];
    }
    for (int i = 0; i < 3; i++)
        grads[i] *= 2 * values[i];
    OK_IN_CALLBACK(MXNDArraySyncCopyFromCPU, target, grads, 3);
    for (int i = 0; i < count; i++)
        OK_IN_CALLBACK(MXNDArrayFree, arrays[i]);
    s_backward++;
    return 1;
}

static int create_operator(
    const char *device, int count, unsigned **shapes, const int *ranks, const int *types, MXCallbackList *list, void *context)
{
    static int (*callbacks[])(void) = {
        (int (*)(void))delete_property, (int (*)(void))forward, (int (*)(void))backward};
    static void *contexts[] = {&s_deleted, &s_created, &s_created};
    (void)context;
    CHECK(strcmp(device, "cpu(0)") == 0 || strcmp(device, "cpu") == 0);
    CHECK(count == 1 && ranks[0] == 1 && shapes[0][0] == 3 && types[0] == 0);
    list->num_callbacks = 3;
    list->callbacks = callbacks;
    list->contexts = contexts;
    return 1;
}

static int create_property(const char *type, int count, const char **keys, const char **vals, MXCallbackList *list)
{
    static int (*callbacks[])(void) = {
        (int (*)(void))delete_property, (int (*)(void))list_arguments, (int (*)(void))list_outputs,
        (int (*)(void))list_states,     (int (*)(void))infer_shape,    (int (*)(void))needs,
        (int (*)(void))create_operator, (int (*)(void))infer_type};
    static void *contexts[] = {
        &s_deleted, &s_created, &s_created, &s_created, &s_created, &s_created, &s_created, &s_created};
    CHECK(strcmp(type, "client_square") == 0);
    int seen = 0;
    for (int i = 0; i < count; i++)
        seen += strcmp(keys[i], "mine") == 0 && strcmp(vals[i], "4") == 0;
    CHECK(seen == 1);
    s_created++;
    list->num_callbacks = 8;
    list->callbacks = callbacks;
    list->contexts = contexts;
    return 1;
}

void test_custom_operators(void)
{
    const char *keys[] = {"op_type", "mine"}, *vals[] = {"client_square", "4"};
    OK(MXCustomOpRegister, "client_square", create_property);
    int previous = 0;
    mx_uint write = 1;
    NDArrayHandle x = vector_of((float[]){1, 2, 3}, 3), grad = vector_of((float[]){0, 0, 0}, 3);
    OK(MXAutogradMarkVariables, 1, &x, &write, &grad);
    OK(MXAutogradSetIsRecording, 1, &previous);
    OK(MXAutogradSetIsTraining, 1, &previous);
    NDArrayHandle y = invoke("Custom", 1, &x, 2, keys, vals);
    OK(MXAutogradSetIsRecording, 0, &previous);
    OK(MXAutogradSetIsTraining, 0, &previous);
    CHECK(s_forward == 1 && has_values(y, 3, (float[]){1, 4, 9}));
    OK(MXAutogradBackward, 1, &y, NULL, 0);
    CHECK(s_backward == 1 && has_values(grad, 3, (float[]){2, 4, 6}));
    OK(MXNDArrayFree, x);
    OK(MXNDArrayFree, y);
    OK(MXNDArrayFree, grad);
    CHECK(s_created > 0);

    int count = 0;
    NDArrayHandle *outputs = NULL;
    const char *unknown[] = {"no_such_type"};
    x = vector_of((float[]){1, 2, 3}, 3);
    FAILS(MXImperativeInvoke, op_named("Custom"), 1, &x, &count, &outputs, 1, keys, unknown);
    OK(MXNDArrayFree, x);
}

static int s_function_backward, s_function_deleted;

static int function_backward(int grads, int results, void **arrays, const int *reqs, int is_train, void *context)
{
    (void)is_train;
    CHECK(grads == 1 && results == 1 && reqs[0] == 1 && context == &s_function_backward);
    float values[3];
    read_values(arrays[0], values);
    for (int i = 0; i < 3; i++)
        values[i] *= 10;
    OK_IN_CALLBACK(MXNDArraySyncCopyFromCPU, arrays[1], values, 3);
    OK_IN_CALLBACK(MXNDArrayFree, arrays[0]);
    OK_IN_CALLBACK(MXNDArrayFree, arrays[1]);
    s_function_backward++;
    return 1;
}

static int function_delete(void *context)
{
    s_function_deleted += context == &s_function_deleted;
    return 1;
}

void test_custom_functions(void)
{
    static int (*callbacks[])(void) = {(int (*)(void))function_backward, (int (*)(void))function_delete};
    static void *contexts[] = {&s_function_backward, &s_function_deleted};
    static MXCallbackList list = {2, callbacks, contexts};
    int previous = 0;
    mx_uint write = 1;
    NDArrayHandle x = vector_of((float[]){1, 2, 3}, 3), grad = vector_of((float[]){0, 0, 0}, 3);
    NDArrayHandle y = vector_of((float[]){10, 20, 30}, 3);
    FAILS(MXCustomFunctionRecord, 1, &x, 1, &y, &list);
    OK(MXAutogradMarkVariables, 1, &x, &write, &grad);
    OK(MXAutogradSetIsRecording, 1, &previous);
    OK(MXCustomFunctionRecord, 1, &x, 1, &y, &list);
    OK(MXAutogradSetIsRecording, 0, &previous);
    OK(MXAutogradBackward, 1, &y, NULL, 0);
    CHECK(s_function_backward == 1 && has_values(grad, 3, (float[]){10, 10, 10}));
    OK(MXNDArrayFree, x);
    OK(MXNDArrayFree, y);
    OK(MXNDArrayFree, grad);
}
