using System.Runtime.InteropServices;

namespace CoreEngine.CApi;

/// <summary>Functions of the caller with the context of each, as C lays them out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MXCallbackList
{
    /// <summary>How many there are.</summary>
    public int Count;

    /// <summary>The functions; what they take depends on their place in the list.</summary>
    public void** Callbacks;

    /// <summary>The context of each.</summary>
    public void** Contexts;
}
