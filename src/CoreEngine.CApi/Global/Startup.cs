using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.CApi;

/// <summary>What happens once, before the first call.</summary>
internal static class Startup
{
    /// <summary>Programs that load the library may fork at any time from now on.</summary>
#pragma warning disable CA2255 // The library has no main program, and any export may be the first that is called.
    [ModuleInitializer]
    internal static void Begin() => ProcessFork.Watch();
#pragma warning restore CA2255
}
