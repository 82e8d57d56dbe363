using System.Diagnostics.CodeAnalysis;

namespace CoreEngine.Operators;

/// <summary>
/// A few point-wise calls that <c>_fused_pointwise</c> runs as one: what goes in, the calls in order, and which of their
/// results come out. Immutable.
/// </summary>
/// <remarks>
/// Values are numbered: first the inputs, then the outputs of the steps in order. As text a program reads
/// <c>t0 = elemwise_add(x0, x1); t1 = Activation(t0, act_type=relu); return t1</c>, where x counts the inputs and t the
/// outputs of the steps.
/// </remarks>
public sealed class PointwiseProgram
{
    /// <summary>The most inputs that a program may have.</summary>
    public const int MostInputs = 64;

    /// <summary>The most steps that a program may have.</summary>
    public const int MostSteps = 64;

    /// <summary>The most inputs that one of its steps may have.</summary>
    public const int MostArguments = 16;

    /// <summary>The most outputs that one of its steps may have.</summary>
    public const int MostStepOutputs = 4;

    private const int MostPlans = 4;

    private readonly PointwiseStep[] _steps;
    private readonly int[] _outputs;
    private readonly int[] _firstValues;
    private readonly int[] _lastReaders;
    private readonly bool[] _isRead;
    private PointwisePlan[] _plans = [];

    /// <summary>A program of these steps.</summary>
    /// <param name="inputCount">Number of inputs, at least one.</param>
    /// <param name="steps">The calls; each takes inputs of the program and outputs of earlier steps.</param>
    /// <param name="outputs">The numbers of the values that come out, each the output of another step or place.</param>
    /// <exception cref="ArgumentException">The program is malformed, too large, or a step is not point-wise.</exception>
    public PointwiseProgram(int inputCount, ReadOnlySpan<PointwiseStep> steps, ReadOnlySpan<int> outputs)
    {
        if (inputCount is < 1 or > MostInputs)
            throw new ArgumentException($"a program has 1 to {MostInputs} inputs, not {inputCount}.");
        if (steps.Length is < 1 or > MostSteps)
            throw new ArgumentException($"a program has 1 to {MostSteps} steps, not {steps.Length}.");
        InputCount = inputCount;
        _steps = steps.ToArray();
        _outputs = outputs.ToArray();
        _firstValues = new int[steps.Length];
        ValueCount = inputCount;
        for (int i = 0; i < steps.Length; i++)
        {
            CheckStep(steps[i]);
            _firstValues[i] = ValueCount;
            ValueCount += steps[i].Operator.OutputCount;
            ViewCount += steps[i].Arguments.Length + steps[i].Operator.OutputCount;
        }

        CheckOutputs();
        _lastReaders = FindLastReaders();
        _isRead = FindRead();
    }

    /// <summary>Number of inputs.</summary>
    public int InputCount { get; }

    /// <summary>Number of values: inputs and outputs of steps.</summary>
    public int ValueCount { get; }

    /// <summary>Number of arguments of all steps, inputs and outputs.</summary>
    internal int ViewCount { get; }

    /// <summary>The calls in order.</summary>
    public ReadOnlySpan<PointwiseStep> Steps => _steps;

    /// <summary>The numbers of the values that come out.</summary>
    public ReadOnlySpan<int> Outputs => _outputs;

    /// <summary>The number of a step's first output.</summary>
    public int FirstValueOf(int step) => _firstValues[step];

    /// <summary>The step that makes a value.</summary>
    internal int MakerOf(int value)
    {
        int step = _steps.Length - 1;
        while (_firstValues[step] > value)
        {
            step--;
        }

        return step;
    }

    /// <summary>The last step that takes a value; -1 when none does.</summary>
    internal int LastReaderOf(int value) => _lastReaders[value];

    /// <summary>Whether some step uses more of a value than its shape and type.</summary>
    internal bool IsRead(int value) => _isRead[value];

    /// <summary>Whether a value is among those that come out.</summary>
    internal bool IsOutput(int value) => Array.IndexOf(_outputs, value) >= 0;

    /// <summary>Reads a program's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="inputCount">How many inputs the program has.</param>
    /// <param name="program">The program.</param>
    /// <param name="error">What is wrong with the text.</param>
    public static bool TryParse(
        string text,
        int inputCount,
        [NotNullWhen(true)] out PointwiseProgram? program,
        [NotNullWhen(false)] out string? error
    ) => new PointwiseProgramReader(text, inputCount).TryRead(out program, out error);

    /// <summary>The program's text.</summary>
    public override string ToString() => PointwiseProgramWriter.Write(this);

    /// <summary>Propagates what is known of the shapes of all values, forth and back.</summary>
    internal void InferShapes(Span<Shape> values)
    {
        var shapes = new ShapeInference();
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < _steps.Length; i++)
            {
                int step = round == 1 ? _steps.Length - 1 - i : i;
                InferShapes(shapes, step, values);
            }
        }
    }

    /// <summary>Propagates what is known of the types of all values, forth and back.</summary>
    internal void InferTypes(Span<DType> values)
    {
        var types = new TypeInference();
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < _steps.Length; i++)
            {
                int step = round == 1 ? _steps.Length - 1 - i : i;
                InferTypes(types, step, values);
            }
        }
    }

    /// <summary>How to run the program on the arrays of a call; kept for the next call with such arrays.</summary>
    internal PointwisePlan PlanFor(ref KernelContext context)
    {
        PointwisePlan[] plans = Volatile.Read(ref _plans);
        foreach (PointwisePlan plan in plans)
        {
            if (plan.Fits(ref context))
                return plan;
        }

        var made = new PointwisePlan(this, ref context);
        int kept = Math.Min(plans.Length, MostPlans - 1);
        Volatile.Write(ref _plans, [made, .. plans.AsSpan(0, kept)]);
        return made;
    }

    private void InferShapes(ShapeInference shapes, int step, Span<Shape> values)
    {
        PointwiseStep call = _steps[step];
        shapes.Start(call.Operator, call.Arguments.Length);
        for (int i = 0; i < call.Arguments.Length; i++)
        {
            shapes.SetInput(i, values[call.Arguments[i]]);
        }

        for (int i = 0; i < call.Operator.OutputCount; i++)
        {
            shapes.SetOutput(i, values[_firstValues[step] + i]);
        }

        call.Operator.Definition.InferShape(shapes);
        for (int i = 0; i < call.Arguments.Length; i++)
        {
            values[call.Arguments[i]] = shapes.Input(i);
        }

        for (int i = 0; i < call.Operator.OutputCount; i++)
        {
            values[_firstValues[step] + i] = shapes.Output(i);
        }
    }

    private void InferTypes(TypeInference types, int step, Span<DType> values)
    {
        PointwiseStep call = _steps[step];
        types.Start(call.Operator, call.Arguments.Length);
        for (int i = 0; i < call.Arguments.Length; i++)
        {
            types.SetInput(i, values[call.Arguments[i]]);
        }

        for (int i = 0; i < call.Operator.OutputCount; i++)
        {
            types.SetOutput(i, values[_firstValues[step] + i]);
        }

        call.Operator.Definition.InferType(types);
        for (int i = 0; i < call.Arguments.Length; i++)
        {
            values[call.Arguments[i]] = types.Input(i);
        }

        for (int i = 0; i < call.Operator.OutputCount; i++)
        {
            values[_firstValues[step] + i] = types.Output(i);
        }
    }

    private void CheckStep(PointwiseStep step)
    {
        BoundOperator op = step.Operator;
        if (op.Pointwise == Pointwise.Never)
            throw new ArgumentException($"{op.Name} is not point-wise.");
        if (op.MutableInputs.Length > 0 || op.IsRandom)
            throw new ArgumentException($"{op.Name} changes its inputs or draws random numbers.");
        if (step.Arguments.Length != op.InputCount)
            throw new ArgumentException($"{op.Name} takes {op.InputCount} inputs, not {step.Arguments.Length}.");
        if (op.InputCount is < 1 or > MostArguments || op.OutputCount is < 1 or > MostStepOutputs)
        {
            throw new ArgumentException(
                $"a step has 1 to {MostArguments} inputs and 1 to {MostStepOutputs} outputs; {op.Name} has "
                    + $"{op.InputCount} and {op.OutputCount}."
            );
        }

        foreach (int argument in step.Arguments)
        {
            if (argument < 0 || argument >= ValueCount)
                throw new ArgumentException($"{op.Name} takes a value that no earlier step makes.");
        }
    }

    private void CheckOutputs()
    {
        if (_outputs.Length == 0)
            throw new ArgumentException("a program needs an output.");
        for (int i = 0; i < _outputs.Length; i++)
        {
            if (_outputs[i] < InputCount || _outputs[i] >= ValueCount)
                throw new ArgumentException("an output of a program must be an output of one of its steps.");
            if (Array.IndexOf(_outputs, _outputs[i]) != i)
                throw new ArgumentException("a value can come out of a program only once.");
        }
    }

    private int[] FindLastReaders()
    {
        int[] readers = new int[ValueCount];
        Array.Fill(readers, -1);
        for (int i = 0; i < _steps.Length; i++)
        {
            foreach (int argument in _steps[i].Arguments)
            {
                readers[argument] = i;
            }
        }

        for (int i = 0; i < InputCount; i++)
        {
            if (readers[i] < 0)
                throw new ArgumentException($"no step takes input {i}.");
        }

        return readers;
    }

    private bool[] FindRead()
    {
        bool[] read = new bool[ValueCount];
        foreach (PointwiseStep step in _steps)
        {
            for (int i = 0; i < step.Arguments.Length; i++)
            {
                read[step.Arguments[i]] |= Array.IndexOf(step.Operator.ShapeOnlyInputs, i) < 0;
            }
        }

        return read;
    }
}
