using System.Runtime.InteropServices;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine.Perf;

/// <summary>
/// A point-wise program on arrays, to run as one call or call by call. The single calls work in place where their operators
/// allow it and give memory on as soon as they can, as a memory plan has them do.
/// </summary>
internal sealed unsafe class PointwiseChain : IDisposable
{
    private readonly List<nint> _blocks = [];
    private readonly ScratchArena _scratch = new();
    private readonly BoundOperator _fused;
    private readonly TensorView[] _inputs;
    private readonly TensorView[] _outputs;
    private readonly Request[] _requests = [Request.Write];
    private readonly (BoundOperator Operator, TensorView[] Inputs, TensorView[] Outputs)[] _steps;

    /// <summary>A program whose last value comes out.</summary>
    /// <param name="program">The program's text.</param>
    /// <param name="shapes">The shapes of its inputs; the first is that of the result.</param>
    public PointwiseChain(string program, params Shape[] shapes)
    {
        var attributes = new Dictionary<string, string> { ["num_args"] = $"{shapes.Length}", ["program"] = program };
        _fused = OperatorRegistry.Default["_fused_pointwise"].Bind(attributes);
        _inputs = Array.ConvertAll(shapes, NewArray);
        _outputs = [NewArray(shapes[0])];
        _steps = Plan(_fused.Parameters<FusedPointwiseParameters>().Program);
    }

    /// <summary>Runs the program as one call.</summary>
    public void RunFused()
    {
        var context = new KernelContext(_fused, _inputs, _outputs, _requests, false, default, _scratch);
        _fused.Definition.Kernel(ref context);
        _scratch.Reset();
    }

    /// <summary>Runs the program call by call.</summary>
    public void RunSingly()
    {
        foreach ((BoundOperator op, TensorView[] inputs, TensorView[] outputs) in _steps)
        {
            var context = new KernelContext(op, inputs, outputs, _requests, false, default, _scratch);
            op.Definition.Kernel(ref context);
            _scratch.Reset();
        }
    }

    private (BoundOperator Operator, TensorView[] Inputs, TensorView[] Outputs)[] Plan(PointwiseProgram program)
    {
        var values = new List<TensorView>(_inputs);
        var free = new Stack<TensorView>();
        var steps = new (BoundOperator, TensorView[], TensorView[])[program.Steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            PointwiseStep step = program.Steps[i];
            int[] arguments = step.Arguments.ToArray();
            int[] ending =
            [
                .. arguments.Where(a => a >= program.InputCount && !IsTakenLater(program, a, i)).Distinct(),
            ];
            int replaced = Array.FindIndex(arguments, a => ending.Contains(a));
            bool isInPlace = replaced >= 0 && step.Operator.Inplace.Contains((replaced, 0));
            TensorView output =
                i == steps.Length - 1 ? _outputs[0]
                : isInPlace ? values[arguments[replaced]]
                : free.TryPop(out TensorView old) ? old
                : NewArray(_inputs[0].Shape);
            steps[i] = (step.Operator, [.. arguments.Select(a => values[a])], [output]);
            values.Add(output);
            foreach (int value in ending)
            {
                if (values[value].Data != output.Data)
                    free.Push(values[value]);
            }
        }

        return steps;
    }

    private static bool IsTakenLater(PointwiseProgram program, int value, int step)
    {
        for (int i = step + 1; i < program.Steps.Length; i++)
        {
            if (program.Steps[i].Arguments.Contains(value))
                return true;
        }

        return false;
    }

    private TensorView NewArray(Shape shape)
    {
        void* data = NativeMemory.AlignedAlloc((nuint)(shape.Size * sizeof(float)), 4096);
        _blocks.Add((nint)data);
        var random = new Random(_blocks.Count);
        var values = new Span<float>(data, (int)shape.Size);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() + 0.25f;
        }

        return new TensorView(data, shape, DType.Float32);
    }

    public void Dispose()
    {
        _scratch.Dispose();
        foreach (nint block in _blocks)
        {
            NativeMemory.AlignedFree((void*)block);
        }
    }
}
