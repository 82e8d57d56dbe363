namespace CoreEngine.CApi;

internal static unsafe partial class ProfilerCalls
{
    internal static void MXSetProfilerConfig(int modeOrCount, void* fileNameOrKeys, void* values) =>
        throw new NotSupportedException("MXSetProfilerConfig is not there yet.");

    internal static void MXSetProfilerState(int state) =>
        throw new NotSupportedException("MXSetProfilerState is not there yet.");

    internal static void MXDumpProfile(int finished) =>
        throw new NotSupportedException("MXDumpProfile is not there yet.");

    internal static void MXAggregateProfileStatsPrint(byte** outStr, int reset) =>
        throw new NotSupportedException("MXAggregateProfileStatsPrint is not there yet.");

    internal static void MXAggregateProfileStatsPrintEx(
        byte** outStr,
        int reset,
        int format,
        int sortBy,
        int ascending
    ) => throw new NotSupportedException("MXAggregateProfileStatsPrintEx is not there yet.");

    internal static void MXDumpProcessProfile(int finished, int profileProcess, nint kvStoreHandle) =>
        throw new NotSupportedException("MXDumpProcessProfile is not there yet.");

    internal static void MXProcessProfilePause(int paused, int profileProcess, nint kvStoreHandle) =>
        throw new NotSupportedException("MXProcessProfilePause is not there yet.");

    internal static void MXProfileAdjustCounter(nint counterHandle, long value) =>
        throw new NotSupportedException("MXProfileAdjustCounter is not there yet.");

    internal static void MXProfileCreateCounter(nint domain, byte* counterName, nint* @out) =>
        throw new NotSupportedException("MXProfileCreateCounter is not there yet.");

    internal static void MXProfileCreateDomain(byte* domain, nint* @out) =>
        throw new NotSupportedException("MXProfileCreateDomain is not there yet.");

    internal static void MXProfileCreateEvent(byte* eventName, nint* @out) =>
        throw new NotSupportedException("MXProfileCreateEvent is not there yet.");

    internal static void MXProfileCreateFrame(nint domain, byte* frameName, nint* @out) =>
        throw new NotSupportedException("MXProfileCreateFrame is not there yet.");

    internal static void MXProfileCreateTask(nint domain, byte* taskName, nint* @out) =>
        throw new NotSupportedException("MXProfileCreateTask is not there yet.");

    internal static void MXProfileDestroyHandle(nint frameHandle) =>
        throw new NotSupportedException("MXProfileDestroyHandle is not there yet.");

    internal static void MXProfileDurationStart(nint durationHandle) =>
        throw new NotSupportedException("MXProfileDurationStart is not there yet.");

    internal static void MXProfileDurationStop(nint durationHandle) =>
        throw new NotSupportedException("MXProfileDurationStop is not there yet.");

    internal static void MXProfilePause(int paused) =>
        throw new NotSupportedException("MXProfilePause is not there yet.");

    internal static void MXProfileSetCounter(nint counterHandle, ulong value) =>
        throw new NotSupportedException("MXProfileSetCounter is not there yet.");

    internal static void MXProfileSetMarker(nint domain, byte* instantMarkerName, byte* scope) =>
        throw new NotSupportedException("MXProfileSetMarker is not there yet.");

    internal static void MXSetProcessProfilerConfig(int numParams, byte** keys, byte** vals, nint kvstoreHandle) =>
        throw new NotSupportedException("MXSetProcessProfilerConfig is not there yet.");

    internal static void MXSetProcessProfilerState(int state, int profileProcess, nint kvStoreHandle) =>
        throw new NotSupportedException("MXSetProcessProfilerState is not there yet.");
}
