using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Gives float16 to kernels that compute in float32 and float64 only: they see float32 copies of float16 arguments, and
/// results are rounded once, when they are stored.
/// </summary>
internal static unsafe class HalfPrecision
{
    private const int Capacity = 8;

    /// <summary>The kernel, also for float16.</summary>
    internal static KernelFunction Widen(KernelFunction kernel) =>
        (ref context) =>
        {
            if (HasHalf(context))
                RunWidened(kernel, ref context);
            else
                kernel(ref context);
        };

    private static bool HasHalf(in KernelContext context)
    {
        for (int i = 0; i < context.InputCount; i++)
        {
            if (context.Input(i).DType == DType.Float16)
                return true;
        }

        for (int i = 0; i < context.OutputCount; i++)
        {
            if (context.Output(i).DType == DType.Float16)
                return true;
        }

        return false;
    }

    private static void RunWidened(KernelFunction kernel, ref KernelContext context)
    {
        Views inputViews = default;
        Views outputViews = default;
        Requests requestValues = default;
        Span<TensorView> inputs = context.InputCount <= Capacity ? inputViews : new TensorView[context.InputCount];
        Span<TensorView> outputs = context.OutputCount <= Capacity ? outputViews : new TensorView[context.OutputCount];
        Span<Request> requests = context.OutputCount <= Capacity ? requestValues : new Request[context.OutputCount];
        for (int i = 0; i < context.InputCount; i++)
        {
            inputs[i] = WidenInput(ref context, context.Input(i));
        }

        for (int i = 0; i < context.OutputCount; i++)
        {
            TensorView output = context.Output(i);
            bool isHalf = output.DType == DType.Float16;
            bool isStored = isHalf && context.Wants(i);
            // What nobody wants has the type of the rest, too: a kernel may need room for it.
            outputs[i] =
                isStored ? Temporary(ref context, output)
                : isHalf ? TensorView.Nothing(output.Shape, DType.Float32)
                : output;
            requests[i] = isStored ? Request.Write : context.Request(i);
        }

        var widened = new KernelContext(
            in context,
            inputs[..context.InputCount],
            outputs[..context.OutputCount],
            requests[..context.OutputCount]
        );
        kernel(ref widened);

        foreach (int i in context.Operator.MutableInputs)
        {
            TensorView state = context.Input(i);
            if (state.DType == DType.Float16)
                Cast.Convert(DType.Float32, inputs[i].Data, DType.Float16, state.Data, state.Size);
        }

        for (int i = 0; i < context.OutputCount; i++)
        {
            TensorView output = context.Output(i);
            if (outputs[i].Data != output.Data)
                Store(outputs[i], output, context.Accumulates(i));
        }
    }

    private static TensorView WidenInput(ref KernelContext context, in TensorView input)
    {
        if (input.DType != DType.Float16)
            return input;
        // Of which only the shape counts, a graph gives no values.
        if (input.Data == null)
            return TensorView.Nothing(input.Shape, DType.Float32);
        TensorView copy = Temporary(ref context, input);
        Cast.Convert(DType.Float16, input.Data, DType.Float32, copy.Data, input.Size);
        return copy;
    }

    private static TensorView Temporary(ref KernelContext context, in TensorView view) =>
        new(context.Scratch(view.Size * sizeof(float)), view.Shape, DType.Float32);

    private static void Store(in TensorView result, in TensorView output, bool accumulate)
    {
        if (accumulate)
            AddBefore(output, (float*)result.Data);
        Cast.Convert(DType.Float32, result.Data, DType.Float16, output.Data, output.Size);
    }

    /// <summary>Adds what the output holds to the result, before the one rounding.</summary>
    private static void AddBefore(in TensorView output, float* result)
    {
        const int Block = 1024;
        float* before = stackalloc float[Block];
        for (long start = 0; start < output.Size; start += Block)
        {
            long count = Math.Min(Block, output.Size - start);
            Cast.Convert(DType.Float16, output.As<Half>() + start, DType.Float32, before, count);
            Kernels.Elementwise.Binary<Add>(DType.Float32, result + start, before, result + start, count);
        }
    }

    [InlineArray(Capacity)]
    private struct Views
    {
        private TensorView _first;
    }

    [InlineArray(Capacity)]
    private struct Requests
    {
        private Request _first;
    }
}
