using CoreEngine.Operators;

namespace CoreEngine.CApi;

/// <summary>Images, by the operators that work on them.</summary>
internal static unsafe partial class VisionCalls
{
    internal static void MXCVImdecode(byte* img, uint len, int flag, nint* @out)
    {
        Pointers.Require(@out, "out");
        if (img is null || len == 0 || len > int.MaxValue)
            throw new EngineException($"'img' must point to the {len} bytes of an image file, 1 to 2^31 - 1.");
        if (flag < 0)
            throw new EngineException($"'flag' = {flag} is neither 0 (grey) nor 1 (colour).");
        using var buffer = new NDArray([len], DType.UInt8);
        buffer.CopyFrom(new ReadOnlySpan<byte>(img, (int)len));
        // Blue comes first here, as in OpenCV.
        var parameters = new ImageDecodeParameters { Flag = flag, ToRgb = false };
        *@out = Handles.Add(Imperative.Call("_cvimdecode", parameters, buffer));
    }

    internal static void MXCVResize(nint src, uint w, uint h, int interpolation, nint* @out)
    {
        NDArray image = Handles.Array(src, nameof(src));
        Pointers.Require(@out, "out");
        *@out = Handles.Add(Call("_cvimresize", image, ("w", w), ("h", h), ("interp", interpolation)));
    }

    internal static void MXCVcopyMakeBorder(
        nint src,
        int top,
        int bot,
        int left,
        int right,
        int type,
        double value,
        nint* @out
    )
    {
        NDArray image = Handles.Array(src, nameof(src));
        Pointers.Require(@out, "out");
        *@out = Handles.Add(
            Call(
                "_cvcopyMakeBorder",
                image,
                ("top", top),
                ("bot", bot),
                ("left", left),
                ("right", right),
                ("type", type),
                ("value", value)
            )
        );
    }

    /// <summary>By texts, so that numbers out of range meet the same errors as everywhere.</summary>
    private static NDArray Call(
        string name,
        NDArray image,
        params ReadOnlySpan<(string Key, IFormattable Value)> values
    )
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, IFormattable value) in values)
        {
            attributes.Add(key, value.ToString(null, System.Globalization.CultureInfo.InvariantCulture));
        }

        return Imperative.Invoke(OperatorRegistry.Default[name].Bind(attributes), [image], [null])[0];
    }
}
