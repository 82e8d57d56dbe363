using CoreEngine.Graphs.Drawing;

namespace CoreEngine;

public sealed partial class Executor
{
    /// <summary>
    /// The computation node by node, and the memory planned for it, in the form of MXNet's debug string: scripts look
    /// for the line <c>Total 12 MB allocated</c>.
    /// </summary>
    public string ToDebugString() => DebugText.Of(_graph, PlannedBytes, UnplannedBytes);
}
