/* Every function with zeros for all arguments: what needs a result's place or a handle fails and says so. */
#include "client.h"

/* The functions that have nothing to ask for. */
static const int s_succeed[] = {
    ID_MXAutogradBackward,
    ID_MXAutogradBackwardEx,
    ID_MXAutogradComputeGradient,
    ID_MXAutogradMarkVariables,
    ID_MXAutogradSetIsRecording,
    ID_MXAutogradSetIsTraining,
    ID_MXDataIterFree,
    ID_MXDumpProcessProfile,
    ID_MXDumpProfile,
    ID_MXExecutorFree,
    ID_MXFreeCachedOp,
    ID_MXInitPSEnv,
    ID_MXKVStoreFree,
    ID_MXNDArrayCallDLPackDeleter,
    ID_MXNDArrayFree,
    ID_MXNDArrayWaitAll,
    ID_MXNDListFree,
    ID_MXNotifyShutdown,
    ID_MXPredFree,
    ID_MXProcessProfilePause,
    ID_MXProfileDestroyHandle,
    ID_MXProfilePause,
    ID_MXRandomSeed,
    ID_MXRecordIOReaderFree,
    ID_MXRecordIOWriterFree,
    ID_MXRtcCudaKernelFree,
    ID_MXRtcCudaModuleFree,
    ID_MXRtcFree,
    ID_MXSetIsNumpyShape,
    ID_MXSetProcessProfilerConfig,
    ID_MXSetProcessProfilerState,
    ID_MXSetProfilerState,
    ID_MXSymbolFree,
    ID_NNGraphFree,
    ID_NNSymbolFree,
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

static void call(int index, int status, const char *name)
{
    note(index, status, contains(s_succeed, COUNT(s_succeed), index) ? 0 : -1, name, __FILE__, __LINE__);
}

void test_zero_arguments(void)
{
#define COREENGINE_CALL(name, ...) call(ID_##name, name(__VA_ARGS__), #name);
#include "zero_arguments.inc"
#undef COREENGINE_CALL
}

void test_shutdown(void)
{
    /* Handles may be freed after the end was announced. */
    NDArrayHandle x = vector_of((float[]){1}, 1);
    OK(MXNotifyShutdown);
    OK(MXNDArrayFree, x);
}
