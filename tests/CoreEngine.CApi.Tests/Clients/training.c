/* Automatic differentiation, cached operators, executors. */
#include "client.h"

void test_autograd(void)
{
    int previous = -7;
    bool on = 1;
    NDArrayHandle x = vector_of((float[]){1, 2, 3}, 3), grad = vector_of((float[]){0, 0, 0}, 3), other = NULL;
    mx_uint write = 1;
    OK(MXAutogradMarkVariables, 1, &x, &write, &grad);
    OK(MXAutogradIsRecording, &on);
    CHECK(on == 0);
    OK(MXAutogradSetIsRecording, 1, &previous);
    CHECK(previous == 0);
    OK(MXAutogradSetIsTraining, 1, &previous);
    OK(MXAutogradIsRecording, &on);
    CHECK(on == 1);
    OK(MXAutogradIsTraining, &on);
    CHECK(on == 1);
    NDArrayHandle y = invoke("square", 1, &x, 0, NULL, NULL);
    OK(MXAutogradSetIsTraining, 0, &previous);
    OK(MXAutogradSetIsRecording, 0, &previous);
    CHECK(previous == 1);

    SymbolHandle recorded = NULL;
    OK(MXAutogradGetSymbol, y, &recorded);
    OK(MXSymbolFree, recorded);
    NDArrayHandle weights = vector_of((float[]){1, 10, 100}, 3);
    OK(MXAutogradBackward, 1, &y, &weights, 1);
    OK(MXNDArrayGetGrad, x, &other);
    CHECK(has_values(other, 3, (float[]){2, 40, 600}) && has_values(grad, 3, (float[]){2, 40, 600}));
    OK(MXNDArrayFree, other);
    int fresh = -7;
    OK(MXNDArrayGetGradState, x, &fresh);
    CHECK(fresh == 1);
    OK(MXNDArraySetGradState, x, 0);
    OK(MXNDArrayGetGradState, x, &fresh);
    CHECK(fresh == 0);

    /* Gradients as new arrays. */
    NDArrayHandle *grads = NULL;
    int *storage = NULL;
    OK(MXAutogradBackwardEx, 1, &y, NULL, 1, &x, 1, 0, 1, &grads, &storage);
    CHECK(storage[0] == 0);
    other = grads[0];
    CHECK(has_values(other, 3, (float[]){2, 4, 6}));
    OK(MXNDArrayFree, other);
    OK(MXAutogradComputeGradient, 1, &y);
    CHECK(has_values(grad, 3, (float[]){2, 4, 6}));

    OK(MXNDArrayDetach, y, &other);
    CHECK(has_values(other, 3, (float[]){1, 4, 9}));
    FAILS(MXAutogradBackward, 1, &other, NULL, 0);
    FAILS(MXAutogradComputeGradient, 1, &other);
    FAILS(MXAutogradBackwardEx, 1, &other, NULL, 0, NULL, 0, 0, 1, NULL, NULL);
    FAILS(MXAutogradMarkVariables, 1, &x, &write, NULL);
    NDArrayHandle none = (NDArrayHandle)77;
    OK(MXNDArrayGetGrad, weights, &none);
    CHECK(none == NULL);
    OK(MXNDArrayFree, other);
    OK(MXNDArrayFree, weights);
    OK(MXNDArrayFree, x);
    OK(MXNDArrayFree, y);
    OK(MXNDArrayFree, grad);
}

void test_cached_operators(void)
{
    SymbolHandle symbol = layer();
    const mx_uint matrix[] = {2, 3};
    NDArrayHandle inputs[] = {
        vector_of((float[]){1, 2, 3}, 3),
        array_of((float[]){1, 0, 0, 0, 1, 1}, 2, matrix),
        vector_of((float[]){10, 20}, 2),
    };
    const mx_uint row[] = {1, 3};
    OK(MXNDArrayFree, inputs[0]);
    inputs[0] = array_of((float[]){1, 2, 3}, 2, row);
    CachedOpHandle cached = NULL;
    OK(MXCreateCachedOp, symbol, &cached);
    int count = 0;
    NDArrayHandle *outputs = NULL;
    OK(MXInvokeCachedOp, cached, 3, inputs, &count, &outputs);
    CHECK(count == 1 && has_values(outputs[0], 2, (float[]){11, 25}));
    OK(MXNDArrayFree, outputs[0]);
    outputs = NULL;
    const int *storage = NULL;
    OK(MXInvokeCachedOpEx, cached, 3, inputs, &count, &outputs, &storage);
    CHECK(count == 1 && storage[0] == 0 && has_values(outputs[0], 2, (float[]){11, 25}));
    OK(MXNDArrayFree, outputs[0]);
    outputs = NULL;
    FAILS(MXInvokeCachedOp, cached, 2, inputs, &count, &outputs);
    OK(MXFreeCachedOp, cached);
    FAILS(MXFreeCachedOp, cached);
    OK(MXCreateCachedOpEx, symbol, 0, NULL, NULL, &cached);
    OK(MXInvokeCachedOp, cached, 3, inputs, &count, &outputs);
    OK(MXNDArrayFree, outputs[0]);
    OK(MXFreeCachedOp, cached);
    OK(MXSymbolFree, symbol);
    for (int i = 0; i < 3; i++)
        OK(MXNDArrayFree, inputs[i]);
}

static int monitored;

static void monitor(const char *name, NDArrayHandle array, void *context)
{
    monitored += strcmp(name, "fc_output") == 0 && context == &monitored;
    OK_IN_CALLBACK(MXNDArrayFree, array);
}

/* Runs forward and backward: the output is (11, 25), the gradient of the weight is the data for each output. */
static void run(ExecutorHandle executor, NDArrayHandle weight_grad)
{
    mx_uint count = 0;
    NDArrayHandle *outputs = NULL, head = array_of((float[]){1, 2}, 2, (mx_uint[]){1, 2});
    OK(MXExecutorForward, executor, 1);
    OK(MXExecutorOutputs, executor, &count, &outputs);
    CHECK(count == 1);
    NDArrayHandle output = outputs[0];
    CHECK(has_values(output, 2, (float[]){11, 25}));
    OK(MXExecutorBackward, executor, 1, &head);
    CHECK(has_values(weight_grad, 6, (float[]){1, 2, 3, 2, 4, 6}));
    OK(MXExecutorForward, executor, 1);
    OK(MXExecutorBackwardEx, executor, 1, &head, 1);
    CHECK(has_values(weight_grad, 6, (float[]){1, 2, 3, 2, 4, 6}));
    OK(MXNDArrayFree, output);
    OK(MXNDArrayFree, head);
}

static void fill(NDArrayHandle *arguments)
{
    OK(MXNDArraySyncCopyFromCPU, arguments[0], (float[]){1, 2, 3}, 3);
    OK(MXNDArraySyncCopyFromCPU, arguments[1], (float[]){1, 0, 0, 0, 1, 1}, 6);
    OK(MXNDArraySyncCopyFromCPU, arguments[2], (float[]){10, 20}, 2);
}

static void free_all(NDArrayHandle *arrays, int count)
{
    for (int i = 0; i < count; i++)
        OK(MXNDArrayFree, arrays[i]);
}

static void test_simple_bind(SymbolHandle symbol)
{
    const char *reqs[] = {"write"}, *names[] = {"data"};
    const mx_uint shape[] = {1, 3}, offsets[] = {0, 2};
    const int shape_int[] = {1, 3};
    const int64_t shape64[] = {1, 3};
    for (int form = 0; form < 3; form++)
    {
        int shared = -1;
        const char **shared_names = NULL;
        NDArrayHandle *shared_arrays = NULL, *in = NULL, *grad = NULL, *aux = NULL;
        mx_uint in_count = 0, aux_count = 9;
        ExecutorHandle executor = NULL, wider = NULL;
        if (form == 0)
            OK(MXExecutorSimpleBind, symbol, 1, 0, 0, NULL, NULL, NULL, 0, NULL, reqs, 1, names, shape, offsets, 0, NULL,
               NULL, 0, NULL, NULL, 0, NULL, &shared, NULL, NULL, &shared_names, &shared_arrays, &in_count, &in, &grad,
               &aux_count, &aux, NULL, &executor);
        else if (form == 1)
            OK(MXExecutorSimpleBindEx, symbol, 1, 0, 0, NULL, NULL, NULL, 0, NULL, reqs, 1, names, shape_int, offsets, 0,
               NULL, NULL, 0, NULL, NULL, 0, NULL, &shared, NULL, NULL, &shared_names, &shared_arrays, &in_count, &in,
               &grad, &aux_count, &aux, NULL, &executor);
        else
            OK(MXExecutorSimpleBindEx64, symbol, 1, 0, 0, NULL, NULL, NULL, 0, NULL, reqs, 1, names, shape64, offsets, 0,
               NULL, NULL, 0, NULL, NULL, 0, NULL, &shared, NULL, NULL, &shared_names, &shared_arrays, &in_count, &in,
               &grad, &aux_count, &aux, NULL, &executor);
        CHECK(in_count == 3 && aux_count == 0);
        if (in_count != 3)
            return;
        NDArrayHandle arguments[3], grads[3];
        memcpy(arguments, in, sizeof arguments);
        memcpy(grads, grad, sizeof grads);
        fill(arguments);
        run(executor, grads[1]);

        const mx_uint wide_shape[] = {2, 3};
        const int wide_shape_int[] = {2, 3};
        if (form == 0)
            OK(MXExecutorReshape, 0, 1, 1, 0, 0, NULL, NULL, NULL, 1, names, wide_shape, offsets, &in_count, &in, &grad,
               &aux_count, &aux, executor, &wider);
        else
            OK(MXExecutorReshapeEx, 0, 1, 1, 0, 0, NULL, NULL, NULL, 1, names, wide_shape_int, offsets, &in_count, &in,
               &grad, &aux_count, &aux, executor, &wider);
        CHECK(in_count == 3);
        mx_uint rank = 0;
        const mx_uint *extents = NULL;
        NDArrayHandle wide_arguments[3], wide_grads[3];
        memcpy(wide_arguments, in, sizeof wide_arguments);
        memcpy(wide_grads, grad, sizeof wide_grads);
        OK(MXNDArrayGetShape, wide_arguments[0], &rank, &extents);
        CHECK(rank == 2 && extents[0] == 2 && extents[1] == 3);
        free_all(wide_arguments, 3);
        free_all(wide_grads, 3);
        OK(MXExecutorFree, executor);
        OK(MXExecutorForward, wider, 0);
        OK(MXExecutorFree, wider);
        free_all(arguments, 3);
        free_all(grads, 3);
    }
}

void test_executors(void)
{
    SymbolHandle symbol = layer();
    const mx_uint row[] = {1, 3}, matrix[] = {2, 3};
    const float zeros[6] = {0};
    NDArrayHandle arguments[] = {
        array_of(zeros, 2, row),
        array_of(zeros, 2, matrix),
        vector_of(zeros, 2),
    };
    NDArrayHandle grads[] = {NULL, array_of(zeros, 2, matrix), vector_of(zeros, 2)};
    mx_uint reqs[] = {0, 1, 1};
    fill(arguments);
    ExecutorHandle executor = NULL, second = NULL;
    OK(MXExecutorBind, symbol, 1, 0, 3, arguments, grads, reqs, 0, NULL, &executor);
    run(executor, grads[1]);
    const char *text = NULL;
    OK(MXExecutorPrint, executor, &text);
    CHECK(strstr(text, "MB allocated") != NULL);
    OK(MXExecutorSetMonitorCallback, executor, monitor, &monitored);
    OK(MXExecutorForward, executor, 0);
    OK(MXNDArrayWaitAll);
    CHECK(monitored == 1);
    OK(MXExecutorSetMonitorCallbackEX, executor, monitor, &monitored, 0);
    OK(MXExecutorForward, executor, 0);
    OK(MXNDArrayWaitAll);
    CHECK(monitored == 2);
    FAILS(MXExecutorBackward, executor, 7, grads);

    const char *groups[] = {"group"};
    const int kinds[] = {1}, ids[] = {1};
    OK(MXExecutorBindX, symbol, 1, 0, 1, groups, kinds, ids, 3, arguments, grads, reqs, 0, NULL, &second);
    run(second, grads[1]);
    OK(MXExecutorFree, second);
    OK(MXExecutorBindEX, symbol, 1, 0, 0, NULL, NULL, NULL, 3, arguments, grads, reqs, 0, NULL, executor, &second);
    OK(MXExecutorFree, executor);
    run(second, grads[1]);
    OK(MXExecutorFree, second);
    FAILS(MXExecutorForward, second, 0);
    FAILS(MXExecutorFree, second);
    second = (ExecutorHandle)77;
    FAILS(MXExecutorBind, symbol, 1, 0, 2, arguments, grads, reqs, 0, NULL, &second);
    CHECK(second == (ExecutorHandle)77);

    test_simple_bind(symbol);
    free_all(arguments, 3);
    free_all(grads + 1, 2);
    OK(MXSymbolFree, symbol);
}
