namespace CoreEngine.Kernels.Tests;

/// <summary>Factorisations and systems of equations, held against what defines them.</summary>
[TestClass]
public sealed unsafe class LinearAlgebraTests
{
    [TestMethod]
    public void Solve_OnEitherSide_Transposed_OfAnyOrder_SatisfiesTheEquation()
    {
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            foreach (int n in (int[])[1, 5, 32, 33, 90])
            {
                for (int form = 0; form < 4; form++)
                {
                    CheckSolution(dtype, n, others: 7, transpose: form % 2 == 1, right: form >= 2);
                }
            }
        }
    }

    private static void CheckSolution(DType dtype, int n, int others, bool transpose, bool right)
    {
        // NaN above the diagonal shows that nothing there is read.
        double[] l = Matrix(
            n,
            n,
            (i, j) =>
                i == j ? 2 + (i % 3)
                : j < i ? Math.Sin(i + (3 * j)) / n
                : double.NaN
        );
        (int rows, int columns) = right ? (others, n) : (n, others);
        double[] b = Matrix(rows, columns, (i, j) => Math.Cos(i + (2 * j)));
        using Native lower = Native.Of(dtype, l);
        using Native x = Native.Of(dtype, b);
        Triangular.Solve(dtype, transpose, right, n, others, lower.Pointer, n, x.Pointer, columns);
        double L(int i, int j) => (transpose ? i <= j : j <= i) ? (transpose ? l[(j * n) + i] : l[(i * n) + j]) : 0;
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double sum = 0;
                for (int k = 0; k < n; k++)
                {
                    sum += right ? x[(i * columns) + k] * L(k, j) : L(i, k) * x[(k * columns) + j];
                }

                double tolerance = 20 * n * Values.Epsilon(dtype);
                Values.AreClose(b[(i * columns) + j], sum, tolerance, $"{dtype} n={n} {transpose} {right}");
            }
        }
    }

    [TestMethod]
    [DataRow(DType.Float32, 64, 3, 7)]
    [DataRow(DType.Float32, 65, 20, 20)]
    [DataRow(DType.Float64, 150, 9, 12)]
    public void Multiply_OnEitherSide_Transposed_IsTheProductWithTheLowerTriangle(
        DType dtype,
        int n,
        int others,
        int gap
    )
    {
        double[] l = Matrix(n, n, (i, j) => j <= i ? Math.Sin(i + (3 * j)) : double.NaN);
        for (int form = 0; form < 8; form++)
        {
            (bool transpose, bool right, bool accumulate) = (form % 2 == 1, form / 2 % 2 == 1, form >= 4);
            (int rows, int columns) = right ? (others, n) : (n, others);
            int pitch = columns + gap;
            using Native lower = Native.Of(dtype, l);
            using Native b = Native.Of(dtype, Matrix(rows, pitch, (i, j) => Math.Cos(i + (2 * j))));
            using Native y = Native.Of(dtype, Matrix(rows, pitch, (i, j) => i - j));
            Triangular.Multiply(
                dtype,
                transpose,
                right,
                n,
                others,
                -2,
                lower.Pointer,
                n,
                b.Pointer,
                pitch,
                accumulate,
                y.Pointer,
                pitch
            );
            double L(int i, int j) => (transpose ? i <= j : j <= i) ? (transpose ? l[(j * n) + i] : l[(i * n) + j]) : 0;
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < pitch; j++)
                {
                    double sum = 0;
                    for (int k = 0; k < n && j < columns; k++)
                    {
                        sum += right ? b[(i * pitch) + k] * L(k, j) : L(i, k) * b[(k * pitch) + j];
                    }

                    double expected = j < columns ? (accumulate ? i - j : 0) - (2 * sum) : i - j;
                    Values.AreClose(expected, y[(i * pitch) + j], 20 * n * Values.Epsilon(dtype), $"form {form}");
                }
            }
        }
    }

    [TestMethod]
    [DataRow(DType.Float32, 1)]
    [DataRow(DType.Float32, 70)]
    [DataRow(DType.Float64, 32)]
    [DataRow(DType.Float64, 131)]
    public void Invert_GivesTheInverse_AndItsProductIsSymmetric(DType dtype, int n)
    {
        double[] l = Matrix(
            n,
            n,
            (i, j) =>
                i == j ? 2 + (i % 3)
                : j < i ? Math.Sin(i + (3 * j)) / n
                : double.NaN
        );
        using Native lower = Native.Of(dtype, l);
        using var x = new Native(dtype, n * n);
        using var y = new Native(dtype, n * n);
        Triangular.Invert(dtype, n, lower.Pointer, n, x.Pointer, n);
        Triangular.MultiplyByTransposed(dtype, n, x.Pointer, n, y.Pointer, n);
        double tolerance = 20 * n * Values.Epsilon(dtype);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double product = 0;
                double square = 0;
                for (int k = 0; k < n; k++)
                {
                    product += k <= i ? l[(i * n) + k] * x[(k * n) + j] : 0;
                    square += x[(k * n) + i] * x[(k * n) + j];
                }

                Assert.IsTrue(j <= i || x[(i * n) + j] == 0, "The inverse is not lower triangular.");
                Values.AreClose(i == j ? 1 : 0, product, tolerance, "L X");
                Values.AreClose(square, y[(i * n) + j], tolerance, "X^T X");
            }
        }
    }

    [TestMethod]
    [DataRow(1e30)]
    [DataRow(1e-30)]
    public void SymmetricEigen_OfHugeAndTinyNumbers_NeitherOverflowsNorVanishes(double size)
    {
        int n = 40;
        double[] values = Matrix(n, n, (i, j) => size * (Math.Sin(i + j) + (i == j ? i : 0)));
        using Native a = Native.Of(DType.Float32, values);
        using var u = new Native(DType.Float32, n * n);
        using var eigenvalues = new Native(DType.Float32, n);
        using var scratch = new Native(DType.Float32, (int)SymmetricEigen.ScratchElements(n));
        Assert.IsTrue(
            SymmetricEigen.Decompose(DType.Float32, n, a.Pointer, u.Pointer, eigenvalues.Pointer, scratch.Pointer)
        );
        double trace = Enumerable.Range(0, n).Sum(i => values[(i * n) + i]);
        double sum = Enumerable.Range(0, n).Sum(i => eigenvalues[i]);
        Values.AreClose(1, sum / trace, 1e-5, "trace");
    }

    [TestMethod]
    [DataRow(DType.Float32, 1)]
    [DataRow(DType.Float32, 40)]
    [DataRow(DType.Float64, 32)]
    [DataRow(DType.Float64, 131)]
    public void Factorize_OfAPositiveDefiniteMatrix_GivesItsRoot(DType dtype, int n)
    {
        double[] values = Matrix(n, n, (i, j) => i == j ? n + 1 : Math.Cos(i - j));
        using Native a = Native.Of(dtype, values);
        Assert.AreEqual(-1, Cholesky.Factorize(dtype, n, a.Pointer, n));
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = 0; k <= j; k++)
                {
                    sum += a[(i * n) + k] * a[(j * n) + k];
                }

                Values.AreClose(values[(i * n) + j], sum, 4 * n * n * Values.Epsilon(dtype), $"({i}, {j})");
            }
        }
    }

    [TestMethod]
    [DataRow(3, 1)]
    [DataRow(70, 5)]
    [DataRow(70, 64)]
    public void Factorize_OfAnIndefiniteMatrix_NamesThePivot(int n, int bad)
    {
        using Native a = Native.Of(
            DType.Float64,
            Matrix(
                n,
                n,
                (i, j) =>
                    i != j ? 0
                    : i == bad ? -1
                    : 1
            )
        );
        Assert.AreEqual(bad, Cholesky.Factorize(DType.Float64, n, a.Pointer, n));
    }

    [TestMethod]
    [DataRow(DType.Float32, 1, 1)]
    [DataRow(DType.Float64, 3, 3)]
    [DataRow(DType.Float64, 12, 40)]
    [DataRow(DType.Float32, 32, 33)]
    [DataRow(DType.Float64, 77, 100)]
    public void LqFactorization_GivesOrthonormalRows_AndTheMatrixBack(DType dtype, int rows, int columns)
    {
        double[] values = Matrix(rows, columns, (i, j) => Math.Sin((5 * i) + (j * j)));
        using Native q = Native.Of(dtype, values);
        using var l = new Native(dtype, rows * rows);
        using var scratch = new Native(dtype, (int)LqFactorization.ScratchElements(rows, columns));
        LqFactorization.Factorize(dtype, rows, columns, q.Pointer, l.Pointer, scratch.Pointer);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double sum = Enumerable.Range(0, rows).Sum(k => l[(i * rows) + k] * q[(k * columns) + j]);
                Values.AreClose(values[(i * columns) + j], sum, 20 * columns * Values.Epsilon(dtype), "L Q");
            }

            for (int j = 0; j < rows; j++)
            {
                double dot = Enumerable.Range(0, columns).Sum(k => q[(i * columns) + k] * q[(j * columns) + k]);
                Values.AreClose(i == j ? 1 : 0, dot, 20 * columns * Values.Epsilon(dtype), "Q Q^T");
                Assert.IsTrue(j <= i || l[(i * rows) + j] == 0, "L is not lower triangular.");
            }
        }
    }

    [TestMethod]
    [DataRow(DType.Float32, 6)]
    [DataRow(DType.Float64, 1)]
    [DataRow(DType.Float64, 2)]
    [DataRow(DType.Float64, 45)]
    [DataRow(DType.Float32, 64)]
    [DataRow(DType.Float64, 129)]
    public void SymmetricEigen_GivesVectorsThatTheMatrixOnlyScales(DType dtype, int n)
    {
        // The sum of two squares of vectors: all but two eigenvalues are 0, which must not keep the rotations from ending.
        double[] values = Matrix(n, n, (i, j) => (Math.Sin(i) * Math.Sin(j)) + (Math.Cos(3 * i) * Math.Cos(3 * j)));
        using Native a = Native.Of(dtype, values);
        using var u = new Native(dtype, n * n);
        using var eigenvalues = new Native(dtype, n);
        using var scratch = new Native(dtype, (int)SymmetricEigen.ScratchElements(n));
        Assert.IsTrue(SymmetricEigen.Decompose(dtype, n, a.Pointer, u.Pointer, eigenvalues.Pointer, scratch.Pointer));
        double tolerance = 50 * n * Values.Epsilon(dtype);
        for (int i = 0; i < n; i++)
        {
            Assert.IsTrue(i == 0 || eigenvalues[i - 1] <= eigenvalues[i], "The values are not ascending.");
            double[] vector = [.. Enumerable.Range(0, n).Select(k => u[(i * n) + k])];
            Assert.IsTrue(vector.MaxBy(Math.Abs) > 0, "The largest component is negative.");
            for (int j = 0; j < n; j++)
            {
                double product = Enumerable.Range(0, n).Sum(k => values[(j * n) + k] * vector[k]);
                Values.AreClose(eigenvalues[i] * vector[j], product, tolerance, $"vector {i}");
            }
        }
    }

    [TestMethod]
    public void SymmetricEigen_OfNaN_SaysSo()
    {
        using Native a = Native.Of(DType.Float64, [1, 0, double.NaN, 1]);
        using var u = new Native(DType.Float64, 4);
        using var values = new Native(DType.Float64, 2);
        using var scratch = new Native(DType.Float64, (int)SymmetricEigen.ScratchElements(2));
        Assert.IsFalse(
            SymmetricEigen.Decompose(DType.Float64, 2, a.Pointer, u.Pointer, values.Pointer, scratch.Pointer)
        );
    }

    private static double[] Matrix(int rows, int columns, Func<int, int, double> element) =>
        [.. Enumerable.Range(0, rows * columns).Select(i => element(i / columns, i % columns))];
}
