using System.Runtime.InteropServices;

namespace CoreEngine.Perf;

/// <summary>
/// One primitive of oneDNN with all its arrays, which lie in the layouts that it prefers: executing it is all that is left
/// to do, so that nothing but its own work is measured.
/// </summary>
internal sealed unsafe class OneDnnPrimitive : IDisposable
{
    private readonly nint _description;
    private readonly nint _primitive;
    private readonly Dictionary<OneDnnArg, nint> _memories = [];
    private readonly Dictionary<OneDnnArg, OneDnnShape> _plain = [];
    private readonly List<nint> _owned = [];
    private readonly NativeArgument* _arguments;
    private readonly OneDnnPrimitive? _forward;

    /// <summary>Takes over the description, and the forward primitive whose results this one reads.</summary>
    /// <param name="description">A primitive descriptor.</param>
    /// <param name="forward">The forward primitive of a backward one, or null.</param>
    /// <param name="inputs">What the arrays hold, in plain layouts; it is reordered here, once.</param>
    /// <exception cref="OneDnnException">oneDNN refuses.</exception>
    public OneDnnPrimitive(nint description, OneDnnPrimitive? forward, params ReadOnlySpan<OneDnnInput> inputs)
    {
        _description = description;
        _forward = forward;
        nint primitive;
        OneDnnNative.Check(OneDnnNative.PrimitiveCreate(&primitive, description), "primitive");
        _primitive = primitive;
        foreach (OneDnnInput input in inputs)
        {
            Add(input);
        }

        // A workspace has no plain layout: whoever writes it makes it, its reader takes it over.
        if (!_memories.ContainsKey(OneDnnArg.Workspace) && ShapeOf(OneDnnArg.Workspace) is { Bytes: > 0 } workspace)
        {
            _memories[OneDnnArg.Workspace] = Create(workspace);
        }

        _arguments = (NativeArgument*)NativeMemory.Alloc((nuint)(_memories.Count * sizeof(NativeArgument)));
        int next = 0;
        foreach ((OneDnnArg argument, nint memory) in _memories)
        {
            _arguments[next++] = new NativeArgument((int)argument, memory);
        }
    }

    /// <summary>The name of the implementation that oneDNN has chosen, for example <c>jit:avx2</c>.</summary>
    public string Implementation
    {
        get
        {
            byte* name;
            int status = OneDnnNative.DescriptionQuery(_description, OneDnnNative.QueryImplementation, 0, &name);
            OneDnnNative.Check(status, "implementation's name");
            return Marshal.PtrToStringUTF8((nint)name) ?? "";
        }
    }

    /// <summary>The description, as a hint for a backward primitive.</summary>
    public nint Description => _description;

    /// <summary>Runs to the end, on the number of threads that <see cref="OpenMp"/> was told.</summary>
    public void Execute()
    {
        int status = OneDnnNative.PrimitiveExecute(_primitive, OneDnn.Stream, _memories.Count, _arguments);
        if (status != 0)
        {
            OneDnnNative.Check(status, "execution");
        }
    }

    /// <summary>An array's content in its plain layout.</summary>
    public void Read(OneDnnArg argument, float* target)
    {
        OneDnnShape plain = _plain[argument];
        nint memory = OneDnn.Wrap(plain, target);
        OneDnn.Reorder(_memories[argument], *ShapeAt(argument), memory, plain);
        _ = OneDnnNative.MemoryDestroy(memory);
    }

    /// <summary>The array itself, for a backward primitive that reads it.</summary>
    public OneDnnInput Share(OneDnnArg argument) =>
        new(argument, _plain.TryGetValue(argument, out OneDnnShape plain) ? plain : OneDnnShape.None)
        {
            Shared = _memories[argument],
        };

    /// <summary>True when the primitive has such an array.</summary>
    public bool Has(OneDnnArg argument) => _memories.ContainsKey(argument);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_arguments);
        _ = OneDnnNative.PrimitiveDestroy(_primitive);
        _ = OneDnnNative.DescriptionDestroy(_description);
        foreach (nint memory in _owned)
        {
            _ = OneDnnNative.MemoryDestroy(memory);
        }

        _forward?.Dispose();
    }

    private void Add(OneDnnInput input)
    {
        OneDnnArg argument = input.Argument;
        if (argument != OneDnnArg.Workspace)
        {
            _plain[argument] = input.Plain;
        }

        if (input.Shared != 0)
        {
            _memories[argument] = input.Shared;
            return;
        }

        OneDnnShape shape = ShapeOf(argument);
        nint memory = Create(shape);
        _memories[argument] = memory;
        if (input.Data == null)
        {
            // Results: touched once, so that no page fault is measured, and defined for a sum.
            void* data;
            OneDnnNative.Check(OneDnnNative.MemoryData(memory, &data), "memory");
            NativeMemory.Clear(data, (nuint)shape.Bytes);
            return;
        }

        nint plain = OneDnn.Wrap(input.Plain, input.Data);
        OneDnn.Reorder(plain, input.Plain, memory, shape);
        _ = OneDnnNative.MemoryDestroy(plain);
    }

    private nint Create(OneDnnShape shape)
    {
        // All bits set asks oneDNN to allocate (DNNL_MEMORY_ALLOCATE).
        nint memory = OneDnn.Wrap(shape, (void*)-1);
        _owned.Add(memory);
        return memory;
    }

    private OneDnnShape ShapeOf(OneDnnArg argument)
    {
        OneDnnShape* shape = ShapeAt(argument);
        return shape == null ? OneDnnShape.None : *shape;
    }

    private OneDnnShape* ShapeAt(OneDnnArg argument) =>
        OneDnnNative.DescriptionShape(_description, OneDnnNative.QueryArgumentShape, (int)argument);

    /// <summary>dnnl_exec_arg_t.</summary>
    private readonly record struct NativeArgument(int Argument, nint Memory);
}
