using System.Runtime.InteropServices;

namespace CoreEngine.CApi;

/// <summary>A feature of the build, as C lays it out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LibFeature
{
    /// <summary>Its name.</summary>
    public byte* Name;

    /// <summary>1 when the build has it.</summary>
    public byte Enabled;
}
