namespace CoreEngine.Graphs.Drawing;

/// <summary>The colours of boxes: soft fills under dark text, and lines of the same hue.</summary>
internal static class PictureColors
{
    internal static (string Fill, string Line) Of(NodeKind kind) =>
        kind switch
        {
            NodeKind.Variable => ("#f6f8fa", "#8c959f"),
            NodeKind.Product => ("#ddf4ff", "#0969da"),
            NodeKind.Normalization => ("#fbefff", "#8250df"),
            NodeKind.Activation => ("#fff1e5", "#bc4c00"),
            NodeKind.Pooling => ("#dafbe1", "#1a7f37"),
            NodeKind.Join => ("#fff8c5", "#9a6700"),
            NodeKind.Loss => ("#ffebe9", "#cf222e"),
            NodeKind.Gradient => ("#ffeff7", "#bf3989"),
            _ => ("#eaeef2", "#57606a"),
        };
}
