namespace CoreEngine.Operators;

/// <summary>
/// The gradient of a point-wise program: the gradients of its steps, from the last to the first. What they need of values
/// that did not come out is computed again, by the single calls.
/// </summary>
internal sealed class PointwiseGradient : GradientContext
{
    private readonly GradientContext _outer;
    private readonly PointwiseProgram _program;
    private readonly Value[] _values;
    private readonly List<Value>?[] _gradients;
    private int _step;

    private PointwiseGradient(GradientContext outer, PointwiseProgram program)
    {
        _outer = outer;
        _program = program;
        _values = new Value[program.ValueCount];
        _gradients = new List<Value>?[program.ValueCount];
    }

    /// <summary>States the gradients of the inputs of a fused call.</summary>
    /// <param name="outer">The fused call.</param>
    /// <param name="program">Its program.</param>
    /// <param name="composed">Whether the gradients will be differentiated again.</param>
    internal static void Apply(GradientContext outer, PointwiseProgram program, bool composed)
    {
        var gradient = new PointwiseGradient(outer, program);
        gradient.Recompute();
        for (int i = 0; i < program.Outputs.Length; i++)
        {
            gradient.Add(program.Outputs[i], outer.OutputGradient(i));
        }

        for (int i = program.Steps.Length - 1; i >= 0; i--)
        {
            gradient._step = i;
            gradient.ApplyStep(composed);
        }

        for (int i = 0; i < program.InputCount; i++)
        {
            if (gradient._gradients[i] is not null)
                outer.Set(i, gradient.Sum(i));
        }
    }

    public override BoundOperator Operator => Step.Operator;

    public override int InputCount => Step.Arguments.Length;

    private PointwiseStep Step => _program.Steps[_step];

    public override Value Input(int index) => _values[Step.Arguments[index]];

    public override Value Output(int index) => _values[_program.FirstValueOf(_step) + index];

    public override Value OutputGradient(int index)
    {
        int value = _program.FirstValueOf(_step) + index;
        return _gradients[value] is null ? Call("zeros_like", _values[value]) : Sum(value);
    }

    public override Value Call(BoundOperator op, params ReadOnlySpan<Value> inputs) => _outer.Call(op, inputs);

    public override void Set(int input, Value gradient)
    {
        if (!gradient.IsNone)
            Add(Step.Arguments[input], gradient);
    }

    private void Recompute()
    {
        for (int i = 0; i < _program.InputCount; i++)
        {
            _values[i] = _outer.Input(i);
        }

        for (int i = 0; i < _program.Steps.Length; i++)
        {
            PointwiseStep step = _program.Steps[i];
            var arguments = new Value[step.Arguments.Length];
            for (int j = 0; j < arguments.Length; j++)
            {
                arguments[j] = _values[step.Arguments[j]];
            }

            int first = _program.FirstValueOf(i);
            Value result = _outer.Call(step.Operator, arguments);
            for (int j = 0; j < step.Operator.OutputCount; j++)
            {
                int output = _program.Outputs.IndexOf(first + j);
                _values[first + j] = output >= 0 ? _outer.Output(output) : result.Output(j);
            }
        }
    }

    private void ApplyStep(bool composed)
    {
        bool flows = false;
        for (int i = 0; i < Operator.OutputCount; i++)
        {
            flows |= _gradients[_program.FirstValueOf(_step) + i] is not null;
        }

        if (!flows)
            return;
        OperatorDef definition = Operator.Definition;
        GradientRule? rule = composed ? definition.ComposedGradient ?? definition.Gradient : definition.Gradient;
        if (rule is null)
            throw new OperatorException(_outer.Operator.Name, $"its step {definition.Name} has no gradient.");
        rule(this);
    }

    private void Add(int value, Value gradient) => (_gradients[value] ??= []).Add(gradient);

    private Value Sum(int value)
    {
        List<Value> parts = _gradients[value]!;
        if (parts.Count > 1)
        {
            Value sum = Call("add_n", new VariadicParameters { Count = parts.Count }, parts.ToArray());
            parts.Clear();
            parts.Add(sum);
        }

        return parts[0];
    }
}
