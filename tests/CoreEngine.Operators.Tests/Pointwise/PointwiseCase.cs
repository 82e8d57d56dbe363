using CoreEngine.Runtime;

namespace CoreEngine.Operators.Tests;

/// <summary>A program with its arrays, and the values that its single calls give.</summary>
internal sealed class PointwiseCase : IDisposable
{
    private readonly List<PointwiseStep> _steps = [];
    private readonly List<NativeTensor> _values;

    /// <summary>A program that has only inputs yet.</summary>
    internal PointwiseCase(params NativeTensor[] inputs)
    {
        _values = [.. inputs];
        InputCount = inputs.Length;
    }

    internal int InputCount { get; }

    /// <summary>The inputs, and the outputs of all steps as the single calls gave them.</summary>
    internal IReadOnlyList<NativeTensor> Values => _values;

    internal IReadOnlyList<PointwiseStep> Steps => _steps;

    /// <summary>Appends a call, if the shapes and types of the values allow it.</summary>
    internal bool TryAdd(BoundOperator op, params int[] arguments)
    {
        var shapes = new ShapeInference();
        var types = new TypeInference();
        shapes.Start(op, arguments.Length);
        types.Start(op, arguments.Length);
        try
        {
            for (int i = 0; i < arguments.Length; i++)
            {
                shapes.SetInput(i, _values[arguments[i]].View.Shape);
                types.SetInput(i, _values[arguments[i]].View.DType);
            }

            op.Definition.InferShape(shapes);
            op.Definition.InferType(types);
        }
        catch (OperatorException)
        {
            return false;
        }

        Shape[] inputs = [.. arguments.Select(argument => _values[argument].View.Shape)];
        if (!shapes.IsComplete || !types.IsComplete || !op.AllowPointwise(inputs, shapes.Output(0)))
            return false;
        NativeTensor[] outputs =
        [
            .. Enumerable
                .Range(0, op.OutputCount)
                .Select(output => new NativeTensor(shapes.Output(output), types.Output(output))),
        ];
        _steps.Add(new PointwiseStep(op, arguments));
        Run(op, [.. arguments.Select(argument => _values[argument].View)], [.. outputs.Select(o => o.View)]);
        _values.AddRange(outputs);
        return true;
    }

    /// <summary>The program with these values as outputs; inputs that no step takes are not part of it.</summary>
    internal BoundOperator Bind(params int[] outputs) =>
        OperatorRegistry
            .Default["_fused_pointwise"]
            .Bind(new FusedPointwiseParameters(new PointwiseProgram(InputCount, _steps.ToArray(), outputs)));

    /// <summary>Calls an operator's kernel.</summary>
    internal static void Run(
        BoundOperator op,
        TensorView[] inputs,
        TensorView[] outputs,
        Request[]? requests = null,
        ScratchArena? scratch = null
    )
    {
        requests ??= [.. outputs.Select(_ => Request.Write)];
        using ScratchArena? own = scratch is null ? new ScratchArena() : null;
        var context = new KernelContext(op, inputs, outputs, requests, false, default, scratch ?? own!);
        op.Definition.Kernel(ref context);
    }

    public void Dispose()
    {
        foreach (NativeTensor value in _values)
        {
            value.Dispose();
        }
    }
}
