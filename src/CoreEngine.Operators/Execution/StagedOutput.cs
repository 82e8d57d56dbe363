namespace CoreEngine.Operators;

/// <summary>
/// Lets a kernel that can only overwrite serve every request: it writes to <see cref="Data"/>, and
/// <see cref="Finish"/> adds that to the output where the caller asked for addition. What nobody wants goes nowhere.
/// </summary>
internal readonly unsafe ref struct StagedOutput
{
    private readonly TensorView _output;

    /// <summary>Where the kernel writes the values of an output that is wanted.</summary>
    internal StagedOutput(ref KernelContext context, int output)
    {
        _output = context.Output(output);
        bool isDirect = context.Wants(output) && !context.Accumulates(output);
        Data = isDirect ? _output.Data : context.Scratch(_output.Size * _output.DType.ItemSize());
    }

    /// <summary>Memory for all elements of the output, not cleared.</summary>
    internal void* Data { get; }

    /// <summary>Call it once, after everything is written.</summary>
    internal void Finish()
    {
        if (Data != _output.Data && _output.Data != null)
            Kernels.Elementwise.Binary<Add>(_output.DType, _output.Data, Data, _output.Data, _output.Size);
    }
}
