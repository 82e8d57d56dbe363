namespace CoreEngine.Operators;

/// <summary>Parameters of <c>_fused_pointwise</c>.</summary>
public sealed class FusedPointwiseParameters : IParameters
{
    private int _inputCount;

    /// <summary>Parameters to read from attributes.</summary>
    public FusedPointwiseParameters() { }

    /// <summary>The parameters for a program.</summary>
    public FusedPointwiseParameters(PointwiseProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        Program = program;
        _inputCount = program.InputCount;
    }

    /// <summary>What is computed.</summary>
    public PointwiseProgram Program { get; private set; } = null!;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        string text = Program?.ToString() ?? "";
        reader.Undescribed("num_args", ref _inputCount);
        reader.Optional("program", ref text);
        if (Program is not null)
            return;
        bool isProgram = PointwiseProgram.TryParse(text, _inputCount, out PointwiseProgram? program, out string? error);
        reader.Check(isProgram, "program", text, $"a program of point-wise calls ({error})");
        Program = program!;
    }
}
