using System.Runtime.InteropServices;

namespace CoreEngine.Runtime;

/// <summary>
/// An object whose fields share no cache line with the object before it in memory. Two threads that write neighbouring
/// objects would otherwise take the line from each other with every write.
/// </summary>
internal abstract class Padded
{
#pragma warning disable CS0169, IDE0051 // Only its size is used.
    private readonly CacheLine _padding;
#pragma warning restore CS0169, IDE0051

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct CacheLine;
}
