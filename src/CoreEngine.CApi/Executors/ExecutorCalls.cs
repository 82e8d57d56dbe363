namespace CoreEngine.CApi;

internal static unsafe partial class ExecutorCalls
{
    internal static void MXExecutorFree(nint handle) =>
        throw new NotSupportedException("MXExecutorFree is not there yet.");

    internal static void MXExecutorPrint(nint handle, byte** outStr) =>
        throw new NotSupportedException("MXExecutorPrint is not there yet.");

    internal static void MXExecutorForward(nint handle, int isTrain) =>
        throw new NotSupportedException("MXExecutorForward is not there yet.");

    internal static void MXExecutorBackward(nint handle, uint len, nint* headGrads) =>
        throw new NotSupportedException("MXExecutorBackward is not there yet.");

    internal static void MXExecutorBackwardEx(nint handle, uint len, nint* headGrads, int isTrain) =>
        throw new NotSupportedException("MXExecutorBackwardEx is not there yet.");

    internal static void MXExecutorOutputs(nint handle, uint* outSize, nint** @out) =>
        throw new NotSupportedException("MXExecutorOutputs is not there yet.");

    internal static void MXExecutorBind(
        nint symbolHandle,
        int devType,
        int devId,
        uint len,
        nint* inArgs,
        nint* argGradStore,
        uint* gradReqType,
        uint auxStatesLen,
        nint* auxStates,
        nint* @out
    ) => throw new NotSupportedException("MXExecutorBind is not there yet.");

    internal static void MXExecutorBindX(
        nint symbolHandle,
        int devType,
        int devId,
        uint numMapKeys,
        byte** mapKeys,
        int* mapDevTypes,
        int* mapDevIds,
        uint len,
        nint* inArgs,
        nint* argGradStore,
        uint* gradReqType,
        uint auxStatesLen,
        nint* auxStates,
        nint* @out
    ) => throw new NotSupportedException("MXExecutorBindX is not there yet.");

    internal static void MXExecutorBindEX(
        nint symbolHandle,
        int devType,
        int devId,
        uint numMapKeys,
        byte** mapKeys,
        int* mapDevTypes,
        int* mapDevIds,
        uint len,
        nint* inArgs,
        nint* argGradStore,
        uint* gradReqType,
        uint auxStatesLen,
        nint* auxStates,
        nint sharedExec,
        nint* @out
    ) => throw new NotSupportedException("MXExecutorBindEX is not there yet.");

    internal static void MXExecutorSimpleBind(
        nint symbolHandle,
        int devType,
        int devId,
        uint numG2cKeys,
        byte** g2cKeys,
        int* g2cDevTypes,
        int* g2cDevIds,
        uint providedGradReqListLen,
        byte** providedGradReqNames,
        byte** providedGradReqTypes,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        uint* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint numProvidedArgDtypes,
        byte** providedArgDtypeNames,
        int* providedArgDtypes,
        uint numProvidedArgStypes,
        byte** providedArgStypeNames,
        int* providedArgStypes,
        uint numSharedArgNames,
        byte** sharedArgNameList,
        int* sharedBufferLen,
        byte** sharedBufferNameList,
        nint* sharedBufferHandleList,
        byte*** updatedSharedBufferNameList,
        nint** updatedSharedBufferHandleList,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExecHandle,
        nint* @out
    ) => throw new NotSupportedException("MXExecutorSimpleBind is not there yet.");

    internal static void MXExecutorSetMonitorCallback(
        nint handle,
        delegate* unmanaged[Cdecl]<byte*, nint, void*, void> callback,
        void* callbackHandle
    ) => throw new NotSupportedException("MXExecutorSetMonitorCallback is not there yet.");

    internal static void MXExecutorReshape(
        int partialShaping,
        int allowUpSizing,
        int devType,
        int devId,
        uint numMapKeys,
        byte** mapKeys,
        int* mapDevTypes,
        int* mapDevIds,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        uint* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExec,
        nint* @out
    ) => throw new NotSupportedException("MXExecutorReshape is not there yet.");

    internal static void MXExecutorReshapeEx(
        int partialShaping,
        int allowUpSizing,
        int devType,
        int devId,
        uint numMapKeys,
        byte** mapKeys,
        int* mapDevTypes,
        int* mapDevIds,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        int* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExec,
        nint* @out
    ) => throw new NotSupportedException("MXExecutorReshapeEx is not there yet.");

    internal static void MXExecutorSetMonitorCallbackEX(
        nint handle,
        delegate* unmanaged[Cdecl]<byte*, nint, void*, void> callback,
        void* callbackHandle,
        byte monitorAll
    ) => throw new NotSupportedException("MXExecutorSetMonitorCallbackEX is not there yet.");

    internal static void MXExecutorSimpleBindEx(
        nint symbolHandle,
        int devType,
        int devId,
        uint numG2cKeys,
        byte** g2cKeys,
        int* g2cDevTypes,
        int* g2cDevIds,
        uint providedGradReqListLen,
        byte** providedGradReqNames,
        byte** providedGradReqTypes,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        int* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint numProvidedArgDtypes,
        byte** providedArgDtypeNames,
        int* providedArgDtypes,
        uint numProvidedArgStypes,
        byte** providedArgStypeNames,
        int* providedArgStypes,
        uint numSharedArgNames,
        byte** sharedArgNameList,
        int* sharedBufferLen,
        byte** sharedBufferNameList,
        nint* sharedBufferHandleList,
        byte*** updatedSharedBufferNameList,
        nint** updatedSharedBufferHandleList,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExecHandle,
        nint* @out
    ) => throw new NotSupportedException("MXExecutorSimpleBindEx is not there yet.");

    internal static void MXExecutorSimpleBindEx64(
        nint symbolHandle,
        int devType,
        int devId,
        uint numG2cKeys,
        byte** g2cKeys,
        int* g2cDevTypes,
        int* g2cDevIds,
        uint providedGradReqListLen,
        byte** providedGradReqNames,
        byte** providedGradReqTypes,
        uint numProvidedArgShapes,
        byte** providedArgShapeNames,
        long* providedArgShapeData,
        uint* providedArgShapeIdx,
        uint numProvidedArgDtypes,
        byte** providedArgDtypeNames,
        int* providedArgDtypes,
        uint numProvidedArgStypes,
        byte** providedArgStypeNames,
        int* providedArgStypes,
        uint numSharedArgNames,
        byte** sharedArgNameList,
        int* sharedBufferLen,
        byte** sharedBufferNameList,
        nint* sharedBufferHandleList,
        byte*** updatedSharedBufferNameList,
        nint** updatedSharedBufferHandleList,
        uint* numInArgs,
        nint** inArgs,
        nint** argGrads,
        uint* numAuxStates,
        nint** auxStates,
        nint sharedExecHandle,
        nint* @out
    ) => throw new NotSupportedException("MXExecutorSimpleBindEx64 is not there yet.");
}
