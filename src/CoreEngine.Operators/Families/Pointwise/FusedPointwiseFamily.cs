namespace CoreEngine.Operators;

/// <summary>Several point-wise calls as one operator, which reads its inputs and writes its outputs once.</summary>
internal static class FusedPointwiseFamily
{
    internal static void Register(OperatorRegistry registry) =>
        registry.Add(
            new OperatorDef("_fused_pointwise")
            {
                NewParameters = () => new FusedPointwiseParameters(),
                Inputs = ["args"],
                VariadicCount = "num_args",
                CountVariadicInputs = op => ProgramOf(op).InputCount,
                SelectOutputCount = op => ProgramOf(op).Outputs.Length,
                SelectInplace = AllPairs,
                SelectShapeOnlyInputs = op =>
                    [.. Enumerable.Range(0, ProgramOf(op).InputCount).Where(i => !ProgramOf(op).IsRead(i))],
                InferShape = InferShape,
                InferType = InferType,
                Gradient = c => PointwiseGradient.Apply(c, ProgramOf(c.Operator), composed: false),
                ComposedGradient = c => PointwiseGradient.Apply(c, ProgramOf(c.Operator), composed: true),
                QuickElements = OperatorDef.FewElements,
                Kernel = PointwiseCall.Run,
            }
        );

    private static PointwiseProgram ProgramOf(BoundOperator op) => op.Parameters<FusedPointwiseParameters>().Program;

    /// <summary>Any output may take the place of any input: where that comes too early for a step, the kernel waits.</summary>
    private static (int, int)[] AllPairs(BoundOperator op)
    {
        PointwiseProgram program = ProgramOf(op);
        var pairs = new List<(int, int)>();
        for (int input = 0; input < program.InputCount; input++)
        {
            for (int output = 0; output < program.Outputs.Length; output++)
            {
                pairs.Add((input, output));
            }
        }

        return [.. pairs];
    }

    private static void InferShape(ShapeInference shapes)
    {
        PointwiseProgram program = ProgramOf(shapes.Operator);
        var values = new Shape[program.ValueCount];
        for (int i = 0; i < program.InputCount; i++)
        {
            values[i] = shapes.Input(i);
        }

        for (int i = 0; i < program.Outputs.Length; i++)
        {
            values[program.Outputs[i]] = shapes.Output(i);
        }

        program.InferShapes(values);
        for (int i = 0; i < program.InputCount; i++)
        {
            shapes.SetInput(i, values[i]);
        }

        for (int i = 0; i < program.Outputs.Length; i++)
        {
            shapes.SetOutput(i, values[program.Outputs[i]]);
        }

        if (shapes.IsComplete)
            CheckSteps(shapes, program, values);
    }

    private static void CheckSteps(ShapeInference shapes, PointwiseProgram program, ReadOnlySpan<Shape> values)
    {
        Shape full = shapes.Output(0);
        for (int i = 0; i < program.Steps.Length; i++)
        {
            PointwiseStep step = program.Steps[i];
            var inputs = new Shape[step.Arguments.Length];
            for (int j = 0; j < inputs.Length; j++)
            {
                inputs[j] = values[step.Arguments[j]];
                if (!inputs[j].IsKnown)
                    return;
            }

            bool agrees = step.Operator.AllowPointwise(inputs, full);
            for (int j = 0; j < step.Operator.OutputCount; j++)
            {
                agrees &= values[program.FirstValueOf(i) + j] == full;
            }

            if (!agrees)
            {
                throw shapes.Error(
                    $"step {i} of the program, {step.Operator.Name}, is not point-wise over {full} for inputs of the shapes "
                        + $"{string.Join(", ", inputs)}."
                );
            }
        }
    }

    private static void InferType(TypeInference types)
    {
        PointwiseProgram program = ProgramOf(types.Operator);
        var values = new DType[program.ValueCount];
        Array.Fill(values, DType.None);
        for (int i = 0; i < program.InputCount; i++)
        {
            values[i] = types.Input(i);
        }

        for (int i = 0; i < program.Outputs.Length; i++)
        {
            values[program.Outputs[i]] = types.Output(i);
        }

        program.InferTypes(values);
        for (int i = 0; i < program.InputCount; i++)
        {
            types.SetInput(i, values[i]);
        }

        for (int i = 0; i < program.Outputs.Length; i++)
        {
            types.SetOutput(i, values[program.Outputs[i]]);
        }
    }
}
