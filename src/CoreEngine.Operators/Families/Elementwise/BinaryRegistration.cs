using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// The forms of a binary operator: arrays of one shape, broadcasting arrays, and an array with a number on either side.
/// All share one body and one pair of derivatives.
/// </summary>
internal static unsafe class BinaryRegistration
{
    /// <summary>States both operands' derivatives with differentiable operators, from x, y and the result z.</summary>
    internal delegate (Value Left, Value Right) Derivatives(GradientContext context, Value x, Value y, Value z);

    /// <summary>Arrays of one shape, with the derivatives.</summary>
    internal static void Arrays<TOp, TLeft, TRight>(
        this OperatorRegistry registry,
        string name,
        string[] aliases,
        Derivatives composed,
        StorageRule? storage = null
    )
        where TOp : struct, IBinaryOp
        where TLeft : struct, IDerivative
        where TRight : struct, IDerivative
    {
        string backward = Backward(name);
        registry.Add(
            new OperatorDef(backward)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                Inputs = ["ograd", "lhs", "rhs"],
                Outputs = ["lhs_grad", "rhs_grad"],
                // The second output is computed last, and may take the place of any input.
                Inplace = [(0, 1), (1, 1), (2, 1)],
                Kernel = RunArraysBackward<TLeft, TRight>,
            }
        );
        registry.Binary<TOp>(name, aliases, Fused(backward), Composed(composed, sums: false), storage);
    }

    /// <summary>Arrays whose shapes broadcast, with the derivatives.</summary>
    internal static void Broadcasting<TOp, TLeft, TRight>(
        this OperatorRegistry registry,
        string name,
        string[] aliases,
        Derivatives composed
    )
        where TOp : struct, IBinaryOp
        where TLeft : struct, IDerivative
        where TRight : struct, IDerivative
    {
        string backward = Backward(name);
        registry.Add(
            new OperatorDef(backward)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.WhenShapesAgree,
                Inputs = ["ograd", "lhs", "rhs"],
                Outputs = ["lhs_grad", "rhs_grad"],
                InferShape = InferBackward,
                Kernel = RunBroadcastBackward<TLeft, TRight>,
            }
        );
        registry.Broadcasting<TOp>(name, aliases, Fused(backward), Composed(composed, sums: true));
    }

    /// <summary>Arrays whose shapes broadcast.</summary>
    internal static void Broadcasting<TOp>(
        this OperatorRegistry registry,
        string name,
        string[] aliases,
        GradientRule gradient,
        GradientRule? composed = null
    )
        where TOp : struct, IBinaryOp =>
        registry.Add(
            new OperatorDef(name)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.WhenBroadcast,
                Aliases = aliases,
                Inputs = ["lhs", "rhs"],
                Inplace = [(0, 0), (1, 0)],
                InferShape = InferBroadcast,
                Gradient = gradient,
                ComposedGradient = composed,
                Kernel = RunBroadcast<TOp>,
            }
        );

    /// <summary>An array and a number on its right (or left), with the derivative by the array.</summary>
    internal static void ScalarWithDerivative<TOp, TDerivative>(
        this OperatorRegistry registry,
        string name,
        string[] aliases,
        GradientRule? composed,
        bool reversed = false
    )
        where TOp : struct, IBinaryOp
        where TDerivative : struct, IDerivative
    {
        string backward = Backward(name);
        registry.Add(
            new OperatorDef(backward)
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                NewParameters = () => new ScalarParameters(),
                Inputs = ["ograd", "data"],
                Inplace = [(0, 0), (1, 0)],
                Kernel = reversed ? RunLeftScalarBackward<TDerivative> : RunRightScalarBackward<TDerivative>,
            }
        );
        GradientRule fused = c => c.Set(0, c.CallWithSameParameters(backward, c.OutputGradient(0), c.Input(0)));
        registry.Scalar<TOp>(name, aliases, fused, reversed, composed);
    }

    private static string Backward(string name) => "_backward_" + name.TrimStart('_');

    private static GradientRule Fused(string backward) => c => SetFused(c, backward);

    /// <summary>Both operands' gradients from one backward operator.</summary>
    internal static void SetFused(GradientContext c, string backward)
    {
        Value first = c.Call(backward, c.OutputGradient(0), c.Input(0), c.Input(1));
        c.Set(0, first);
        c.Set(1, first.Output(1));
    }

    private static GradientRule Composed(Derivatives derivatives, bool sums) =>
        c =>
        {
            (Value left, Value right) = derivatives(c, c.Input(0), c.Input(1), c.Output(0));
            SetProduct(c, 0, left, sums);
            SetProduct(c, 1, right, sums);
        };

    private static void SetProduct(GradientContext c, int input, Value derivative, bool sums)
    {
        Value product = c.Multiply(c.OutputGradient(0), derivative);
        c.Set(input, sums ? c.Call(BroadcastFamily.SumLike, product, c.Input(input)) : product);
    }

    /// <summary>The shape that two shapes broadcast to; an unknown extent stays unknown unless the other one settles it.</summary>
    internal static void InferBroadcast(ShapeInference shapes)
    {
        Shape left = shapes.Input(0);
        Shape right = shapes.Input(1);
        if (left.Rank == 0 || right.Rank == 0)
            return;
        long[] dims = new long[Math.Max(left.Rank, right.Rank)];
        for (int i = 1; i <= dims.Length; i++)
        {
            long x = i <= left.Rank ? left[^i] : 1;
            long y = i <= right.Rank ? right[^i] : 1;
            if (x != y && x > 1 && y > 1)
                throw shapes.Error("the shapes do not broadcast: aligned at the end, extents must be equal or 1.");
            dims[^i] =
                x == 1 ? y
                : y == 1 ? x
                : Math.Max(x, y);
        }

        shapes.SetOutput(0, new Shape(dims));
    }

    private static void InferBackward(ShapeInference shapes)
    {
        shapes.SetOutput(0, shapes.Input(1));
        shapes.SetOutput(1, shapes.Input(2));
    }

    private static void RunBroadcast<TOp>(ref KernelContext context)
        where TOp : struct, IBinaryOp
    {
        TensorView a = context.Input(0);
        TensorView b = context.Input(1);
        TensorView y = context.Output(0);
        if (context.Wants(0))
        {
            bool accumulate = context.Accumulates(0);
            Broadcast.Binary<TOp>(y.DType, a.Data, a.Shape, b.Data, b.Shape, y.Data, y.Shape, accumulate);
        }
    }

    private static void RunArraysBackward<TLeft, TRight>(ref KernelContext context)
        where TLeft : struct, IDerivative
        where TRight : struct, IDerivative
    {
        RunArraysBackward<TLeft>(ref context, 0);
        RunArraysBackward<TRight>(ref context, 1);
    }

    private static void RunArraysBackward<TDerivative>(ref KernelContext context, int output)
        where TDerivative : struct, IDerivative
    {
        if (!context.Wants(output) || IsZero<TDerivative>(ref context, output))
            return;
        TensorView g = context.Input(0);
        void* x = context.Input(1).Data;
        void* y = context.Input(2).Data;
        void* target = context.Output(output).Data;
        Kernels.Elementwise.Ternary<TDerivative>(g.DType, g.Data, x, y, target, g.Size, context.Accumulates(output));
    }

    /// <summary>Writes zeros where the derivative has no meaning for integers.</summary>
    private static bool IsZero<TDerivative>(ref KernelContext context, int output)
        where TDerivative : struct, IDerivative
    {
        TensorView target = context.Output(output);
        if (!TDerivative.IsZeroForIntegers || target.DType.IsFloat())
            return false;
        if (!context.Accumulates(output))
            NativeMemory.Clear(target.Data, (nuint)(target.Size * target.DType.ItemSize()));
        return true;
    }

    private static void RunBroadcastBackward<TLeft, TRight>(ref KernelContext context)
        where TLeft : struct, IDerivative
        where TRight : struct, IDerivative
    {
        RunBroadcastBackward<TLeft>(ref context, 0);
        RunBroadcastBackward<TRight>(ref context, 1);
    }

    private static void RunBroadcastBackward<TDerivative>(ref KernelContext context, int output)
        where TDerivative : struct, IDerivative
    {
        if (!context.Wants(output) || IsZero<TDerivative>(ref context, output))
            return;
        TensorView gradient = context.Input(0);
        var g = new BroadcastOperand(gradient);
        // What does not matter is not broadcast: the gradient stands in for it.
        BroadcastOperand x = TDerivative.NeedsLeft ? new BroadcastOperand(context.Input(1)) : g;
        BroadcastOperand y = TDerivative.NeedsRight ? new BroadcastOperand(context.Input(2)) : g;
        var target = new BroadcastOperand(context.Output(output));
        bool accumulate = context.Accumulates(output);
        BroadcastBlocks.Run<TDerivative>(ref context, gradient.DType, gradient.Shape, g, x, y, target, accumulate);
    }

    private readonly struct RightScalar<TDerivative>(double number) : IBinaryBody
        where TDerivative : struct, IDerivative
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V g, V x)
            where V : struct, ISimd<V> => TDerivative.Invoke(g, x, V.Constant(number));
    }

    private readonly struct LeftScalar<TDerivative>(double number) : IBinaryBody
        where TDerivative : struct, IDerivative
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Invoke<V>(V g, V y)
            where V : struct, ISimd<V> => TDerivative.Invoke(g, V.Constant(number), y);
    }

    private static void RunRightScalarBackward<TDerivative>(ref KernelContext context)
        where TDerivative : struct, IDerivative =>
        RunBody(ref context, new RightScalar<TDerivative>(Number(ref context)));

    private static void RunLeftScalarBackward<TDerivative>(ref KernelContext context)
        where TDerivative : struct, IDerivative =>
        RunBody(ref context, new LeftScalar<TDerivative>(Number(ref context)));

    internal static double Number(ref KernelContext context) =>
        ElementwiseRegistration.ScalarOf(ref context, context.Output(0).DType);

    /// <summary>Runs a body with parameters over two inputs.</summary>
    internal static void RunBody<TBody>(ref KernelContext context, TBody body)
        where TBody : struct, IBinaryBody
    {
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        void* a = context.Input(0).Data;
        void* b = context.Input(1).Data;
        Kernels.Elementwise.Binary(body, y.DType, a, b, y.Data, y.Size, context.Accumulates(0));
    }
}
