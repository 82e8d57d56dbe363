namespace CoreEngine.Operators;

/// <summary>One call in a <see cref="PointwiseProgram"/>.</summary>
public sealed class PointwiseStep
{
    private readonly int[] _arguments;

    /// <summary>A call of an operator on values of the program.</summary>
    /// <param name="op">A point-wise operator with its parsed attributes.</param>
    /// <param name="arguments">
    /// The numbers of its inputs: the program's inputs count from 0, and the outputs of its steps go on in order.
    /// </param>
    public PointwiseStep(BoundOperator op, params ReadOnlySpan<int> arguments)
    {
        Operator = op;
        Kernel = op.Definition.Kernel;
        _arguments = arguments.ToArray();
        InputCount = _arguments.Length;
        OutputCount = op.OutputCount;
    }

    /// <summary>The operator.</summary>
    public BoundOperator Operator { get; }

    /// <summary>What computes it.</summary>
    internal KernelFunction Kernel { get; }

    /// <summary>Number of inputs.</summary>
    internal int InputCount { get; }

    /// <summary>Number of outputs.</summary>
    internal int OutputCount { get; }

    /// <summary>The numbers of its inputs.</summary>
    public ReadOnlySpan<int> Arguments => _arguments;

    /// <summary>
    /// Whether one of its outputs may be written where one of the program's values is, which this step is the last to
    /// read: in every place where it takes that value, the operator must allow it.
    /// </summary>
    internal bool MayReplace(int value, int output)
    {
        bool takes = false;
        for (int i = 0; i < _arguments.Length; i++)
        {
            if (_arguments[i] != value)
                continue;
            if (Array.IndexOf(Operator.Inplace, (i, output)) < 0)
                return false;
            takes = true;
        }

        return takes;
    }
}
