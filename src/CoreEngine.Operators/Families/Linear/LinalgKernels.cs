using System.Numerics;
using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>The kernels of the linear algebra operators: loops over the matrices of a batch.</summary>
internal static unsafe class LinalgKernels
{
    internal static void MultiplyMatrices(ref KernelContext context)
    {
        if (context.Wants(0))
            Product(ref context, context.Accumulates(0) ? 1 : 0);
    }

    internal static void MultiplyAdd(ref KernelContext context)
    {
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        double beta = context.Parameters<LinalgGemmParameters>().Beta;
        bool accumulate = context.Accumulates(0);
        if (beta != 0)
            Kernels.Elementwise.BinaryScalar<Multiply>(
                y.DType,
                context.Input(2).Data,
                beta,
                y.Data,
                y.Size,
                accumulate
            );
        Product(ref context, beta != 0 || accumulate ? 1 : 0);
    }

    private static void Product(ref KernelContext context, double beta)
    {
        var p = context.Parameters<LinalgProductParameters>();
        TensorView a = context.Input(0);
        TensorView y = context.Output(0);
        long depth = p.TransposeA ? a.Shape[^2] : a.Shape[^1];
        Shape s = y.Shape;
        long batch = s.Product(0, s.Rank - 2);
        new MatrixProduct(y.DType, p.TransposeA, p.TransposeB, batch, s[^2], s[^1], depth, p.Alpha).Forward(
            a.Data,
            context.Input(1).Data,
            y.Data,
            beta
        );
    }

    internal static void Square(ref KernelContext context)
    {
        var p = context.Parameters<LinalgSyrkParameters>();
        TensorView a = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        long depth = p.Transpose ? a.Shape[^2] : a.Shape[^1];
        long order = y.Shape[^1];
        long batch = y.Size / (order * order);
        new MatrixProduct(y.DType, p.Transpose, !p.Transpose, batch, order, order, depth, p.Alpha).Forward(
            a.Data,
            a.Data,
            y.Data,
            context.Accumulates(0) ? 1 : 0
        );
    }

    internal static void MultiplyTriangular(ref KernelContext context)
    {
        var p = context.Parameters<LinalgTriangularParameters>();
        TensorView a = context.Input(0);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        long order = a.Shape[^1];
        long columns = y.Shape[^1];
        long others = p.Right ? y.Shape[^2] : columns;
        int size = a.DType.ItemSize();
        for (long i = 0; i < a.Size / (order * order); i++)
        {
            byte* l = (byte*)a.Data + (i * order * order * size);
            byte* b = (byte*)context.Input(1).Data + (i * order * others * size);
            byte* product = (byte*)y.Data + (i * order * others * size);
            Triangular.Multiply(
                a.DType,
                p.Transpose,
                p.Right,
                order,
                others,
                p.Alpha,
                l,
                order,
                b,
                columns,
                context.Accumulates(0),
                product,
                columns
            );
        }
    }

    internal static void SolveTriangular(ref KernelContext context)
    {
        var p = context.Parameters<LinalgTriangularParameters>();
        TensorView a = context.Input(0);
        TensorView b = context.Input(1);
        if (!context.Wants(0))
            return;
        var staged = new StagedOutput(ref context, 0);
        Kernels.Elementwise.BinaryScalar<Multiply>(b.DType, b.Data, p.Alpha, staged.Data, b.Size);
        long order = a.Shape[^1];
        long others = p.Right ? b.Shape[^2] : b.Shape[^1];
        long columns = b.Shape[^1];
        int size = a.DType.ItemSize();
        for (long i = 0; i < a.Size / (order * order); i++)
        {
            byte* l = (byte*)a.Data + (i * order * order * size);
            byte* x = (byte*)staged.Data + (i * order * others * size);
            Triangular.Solve(a.DType, p.Transpose, p.Right, order, others, l, order, x, columns);
        }

        staged.Finish();
    }

    internal static void Factorize(ref KernelContext context)
    {
        TensorView a = context.Input(0);
        if (!context.Wants(0))
            return;
        var staged = new StagedOutput(ref context, 0);
        Kernels.Elementwise.Unary<Identity>(a.DType, a.Data, staged.Data, a.Size);
        long order = a.Shape[^1];
        for (long i = 0; i < a.Size / (order * order); i++)
        {
            byte* matrix = (byte*)staged.Data + (i * order * order * a.DType.ItemSize());
            long pivot = Cholesky.Factorize(a.DType, order, matrix, order);
            if (pivot >= 0)
            {
                throw new OperatorException(
                    context.Operator.Name,
                    $"matrix {i} of the batch is not positive definite: pivot {pivot} is not positive."
                );
            }
        }

        ScaleTriangle(new TensorView(staged.Data, a.Shape, a.DType), staged.Data, below: 1, diagonal: 1);
        staged.Finish();
    }

    /// <summary>(L L^T)^-1 = L^-T L^-1.</summary>
    internal static void Invert(ref KernelContext context)
    {
        TensorView a = context.Input(0);
        if (!context.Wants(0))
            return;
        long order = a.Shape[^1];
        long batch = a.Size / (order * order);
        int size = a.DType.ItemSize();
        byte* inverse = (byte*)context.Scratch(order * order * size);
        var staged = new StagedOutput(ref context, 0);
        for (long i = 0; i < batch; i++)
        {
            long start = i * order * order * size;
            Triangular.Invert(a.DType, order, (byte*)a.Data + start, order, inverse, order);
            Triangular.MultiplyByTransposed(a.DType, order, inverse, order, (byte*)staged.Data + start, order);
        }

        staged.Finish();
    }

    internal static void SumLogDiagonal(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        if (context.Input(0).DType == DType.Float32)
            SumLogDiagonal<float>(ref context);
        else
            SumLogDiagonal<double>(ref context);
    }

    private static void SumLogDiagonal<T>(ref KernelContext context)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        TensorView a = context.Input(0);
        TensorView y = context.Output(0);
        long order = a.Shape[^1];
        for (long i = 0; i < y.Size; i++)
        {
            T* matrix = a.As<T>() + (i * order * order);
            T sum = T.Zero;
            for (long k = 0; k < order; k++)
            {
                sum += T.Log(matrix[(k * order) + k]);
            }

            y.As<T>()[i] = context.Accumulates(0) ? y.As<T>()[i] + sum : sum;
        }
    }

    internal static void SumLogDiagonalBackward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        if (context.Input(0).DType == DType.Float32)
            SumLogDiagonalBackward<float>(ref context);
        else
            SumLogDiagonalBackward<double>(ref context);
    }

    private static void SumLogDiagonalBackward<T>(ref KernelContext context)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        TensorView dy = context.Input(0);
        TensorView a = context.Input(1);
        TensorView y = context.Output(0);
        if (!context.Accumulates(0))
            Kernels.Elementwise.Fill(y.DType, 0, y.Data, y.Size);
        long order = a.Shape[^1];
        for (long i = 0; i < dy.Size; i++)
        {
            for (long k = 0; k < order; k++)
            {
                long place = (i * order * order) + (k * order) + k;
                y.As<T>()[place] += dy.As<T>()[i] / a.As<T>()[place];
            }
        }
    }

    internal static void FactorizeLq(ref KernelContext context)
    {
        TensorView a = context.Input(0);
        long rows = a.Shape[^2];
        long columns = a.Shape[^1];
        long batch = a.Size / (rows * columns);
        int size = a.DType.ItemSize();
        byte* q = (byte*)context.Scratch(a.Size * size);
        byte* l = (byte*)context.Scratch(batch * rows * rows * size);
        void* scratch = context.Scratch(LqFactorization.ScratchElements(rows, columns) * size);
        Kernels.Elementwise.Unary<Identity>(a.DType, a.Data, q, a.Size);
        for (long i = 0; i < batch; i++)
        {
            byte* matrix = q + (i * rows * columns * size);
            LqFactorization.Factorize(a.DType, rows, columns, matrix, l + (i * rows * rows * size), scratch);
        }

        Store(ref context, 0, q);
        Store(ref context, 1, l);
    }

    internal static void Decompose(ref KernelContext context)
    {
        TensorView a = context.Input(0);
        long order = a.Shape[^1];
        long batch = a.Size / (order * order);
        int size = a.DType.ItemSize();
        byte* copy = (byte*)context.Scratch(a.Size * size);
        byte* u = (byte*)context.Scratch(a.Size * size);
        byte* values = (byte*)context.Scratch(batch * order * size);
        void* scratch = context.Scratch(SymmetricEigen.ScratchElements(order) * size);
        Kernels.Elementwise.Unary<Identity>(a.DType, a.Data, copy, a.Size);
        for (long i = 0; i < batch; i++)
        {
            long start = i * order * order * size;
            byte* own = values + (i * order * size);
            if (!SymmetricEigen.Decompose(a.DType, order, copy + start, u + start, own, scratch))
            {
                throw new OperatorException(
                    context.Operator.Name,
                    $"matrix {i} of the batch has no eigenvalues: it holds NaN or infinity."
                );
            }
        }

        Store(ref context, 0, u);
        Store(ref context, 1, values);
    }

    private static void Store(ref KernelContext context, int output, void* values)
    {
        TensorView y = context.Output(output);
        if (context.Wants(output))
            Kernels.Elementwise.Unary<Identity>(y.DType, values, y.Data, y.Size, context.Accumulates(output));
    }

    internal static void KeepLower(ref KernelContext context)
    {
        var p = context.Parameters<LowerTriangleParameters>();
        if (!context.Wants(0))
            return;
        var staged = new StagedOutput(ref context, 0);
        ScaleTriangle(context.Input(0), staged.Data, p.Below, p.Diagonal);
        staged.Finish();
    }

    private static void ScaleTriangle(TensorView x, void* y, double below, double diagonal)
    {
        if (x.DType == DType.Float32)
            ScaleTriangle(x.As<float>(), (float*)y, x.Size, x.Shape[^1], (float)below, (float)diagonal);
        else
            ScaleTriangle(x.As<double>(), (double*)y, x.Size, x.Shape[^1], below, diagonal);
    }

    private static void ScaleTriangle<T>(T* x, T* y, long size, long order, T below, T diagonal)
        where T : unmanaged, INumber<T>
    {
        for (long start = 0; start < size; start += order)
        {
            long row = start / order % order;
            for (long column = 0; column < row; column++)
            {
                y[start + column] = below * x[start + column];
            }

            y[start + row] = diagonal * x[start + row];
            NativeMemory.Clear(y + start + row + 1, (nuint)((order - row - 1) * sizeof(T)));
        }
    }

    /// <summary>(X + X^T) / 2.</summary>
    internal static void MakeSymmetric(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        if (!context.Wants(0))
            return;
        var staged = new StagedOutput(ref context, 0);
        if (x.DType == DType.Float32)
            MakeSymmetric(x.As<float>(), (float*)staged.Data, x.Size, x.Shape[^1], 0.5f);
        else
            MakeSymmetric(x.As<double>(), (double*)staged.Data, x.Size, x.Shape[^1], 0.5);
        staged.Finish();
    }

    private static void MakeSymmetric<T>(T* x, T* y, long size, long order, T half)
        where T : unmanaged, INumber<T>
    {
        // Square by square, so that what is read across stays in the cache.
        const long Square = 16;
        for (long start = 0; start < size; start += order * order)
        {
            T* from = x + start;
            T* to = y + start;
            for (long top = 0; top < order; top += Square)
            {
                for (long left = 0; left <= top; left += Square)
                {
                    for (long row = top; row < Math.Min(top + Square, order); row++)
                    {
                        for (long column = left; column < Math.Min(left + Square, row + 1); column++)
                        {
                            T mean = half * (from[(row * order) + column] + from[(column * order) + row]);
                            to[(row * order) + column] = mean;
                            to[(column * order) + row] = mean;
                        }
                    }
                }
            }
        }
    }

    /// <summary>X(i, j) = products(i, j) / (value i - value j) beside the diagonal, the values' gradient on it.</summary>
    internal static void DivideByGaps(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var staged = new StagedOutput(ref context, 0);
        if (context.Output(0).DType == DType.Float32)
            DivideByGaps(ref context, (float*)staged.Data);
        else
            DivideByGaps(ref context, (double*)staged.Data);
        staged.Finish();
    }

    private static void DivideByGaps<T>(ref KernelContext context, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* products = context.Input(0).As<T>();
        T* values = context.Input(1).As<T>();
        T* gradient = context.Input(2).As<T>();
        long order = context.Output(0).Shape[^1];
        for (long i = 0; i < context.Output(0).Size; i++)
        {
            long row = i / order;
            long other = (row / order * order) + (i % order);
            // Between equal values the vectors are arbitrary, and no gradient flows.
            T gap = values[row] - values[other];
            y[i] =
                row == other ? gradient[row]
                : gap == T.Zero ? T.Zero
                : products[i] / gap;
        }
    }
}
