namespace CoreEngine.CApi;

internal static unsafe partial class VisionCalls
{
    internal static void MXCVImdecode(byte* img, uint len, int flag, nint* @out) =>
        throw new NotSupportedException("MXCVImdecode is not there yet.");

    internal static void MXCVResize(nint src, uint w, uint h, int interpolation, nint* @out) =>
        throw new NotSupportedException("MXCVResize is not there yet.");

    internal static void MXCVcopyMakeBorder(
        nint src,
        int top,
        int bot,
        int left,
        int right,
        int type,
        double value,
        nint* @out
    ) => throw new NotSupportedException("MXCVcopyMakeBorder is not there yet.");
}
