using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CoreEngine.Perf;

/// <summary>
/// oneDNN 2 (Debian libdnnl2) in float32. Each method makes one primitive: data come in plain layouts and are reordered
/// once into those that oneDNN prefers. Set the number of threads (<see cref="OpenMp"/>) before.
/// </summary>
internal static unsafe partial class OneDnn
{
    public const string Name = "oneDNN";

    private static readonly Lazy<(nint Engine, nint Stream)> s_cpu = new(Start);

    /// <summary>True when the library is on this machine.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(OneDnnNative.Library, out _);

    internal static nint Engine => s_cpu.Value.Engine;

    internal static nint Stream => s_cpu.Value.Stream;

    /// <summary>Makes oneDNN's memory object over an array, or over one that it allocates itself.</summary>
    internal static nint Wrap(OneDnnShape shape, void* data)
    {
        nint memory;
        OneDnnNative.Check(OneDnnNative.MemoryCreate(&memory, &shape, Engine, data), "memory");
        return memory;
    }

    /// <summary>Copies from one layout to another.</summary>
    internal static void Reorder(nint source, OneDnnShape sourceShape, nint target, OneDnnShape targetShape)
    {
        nint description;
        int status = OneDnnNative.ReorderDescriptionCreate(&description, &sourceShape, Engine, &targetShape, Engine, 0);
        OneDnnNative.Check(status, "reorder");
        nint primitive;
        OneDnnNative.Check(OneDnnNative.PrimitiveCreate(&primitive, description), "reorder");
        long* arguments = stackalloc long[] { (long)OneDnnArg.Source, source, (long)OneDnnArg.Result, target };
        OneDnnNative.Check(OneDnnNative.PrimitiveExecute(primitive, Stream, 2, arguments), "reorder");
        _ = OneDnnNative.PrimitiveDestroy(primitive);
        _ = OneDnnNative.DescriptionDestroy(description);
    }

    /// <summary>Takes oneDNN's first, its best, implementation of an operation.</summary>
    private static nint Describe(
        Descriptor operation,
        int status,
        OneDnnPrimitive? forward = null,
        nint attributes = 0,
        [CallerMemberName] string what = ""
    )
    {
        OneDnnNative.Check(status, what);
        nint description;
        status = OneDnnNative.DescriptionCreate(
            &description,
            operation.Data,
            attributes,
            Engine,
            forward?.Description ?? 0
        );
        operation.Free();
        OneDnnNative.Check(status, what);
        return description;
    }

    private static (nint Engine, nint Stream) Start()
    {
        nint engine;
        OneDnnNative.Check(OneDnnNative.EngineCreate(&engine, OneDnnNative.EngineCpu, 0), "engine");
        nint stream;
        OneDnnNative.Check(OneDnnNative.StreamCreate(&stream, engine, OneDnnNative.InOrderStream), "stream");
        return (engine, stream);
    }

    /// <summary>Room for any operation descriptor.</summary>
    private readonly struct Descriptor()
    {
        public void* Data { get; } = NativeMemory.AllocZeroed(OneDnnNative.DescriptorBytes);

        public void Free() => NativeMemory.Free(Data);
    }
}
