namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class CellSumsTests
{
    [TestMethod]
    [DataRow(DType.Float32, false)]
    [DataRow(DType.Float32, true)]
    [DataRow(DType.Float64, false)]
    [DataRow(DType.Float64, true)]
    public void EachResult_IsTheSumOfItsCell(DType dtype, bool accumulate)
    {
        foreach (int scale in (int[])[1, 2, 3, 7])
        {
            const int Planes = 3;
            const int Height = 4;
            const int Width = 9;
            double[] before = Values.Random(2, dtype, Planes * Height * Width);
            using Native x = Native.Of(dtype, Values.Random(1, dtype, Planes * Height * Width * scale * scale), 1);
            using Native y = Native.Of(dtype, before, 2);
            CellSums.Run(dtype, x.Pointer, Planes, Height, Width, scale, y.Pointer, accumulate);
            for (int i = 0; i < before.Length; i++)
            {
                double expected = accumulate ? before[i] : 0;
                for (int cell = 0; cell < scale * scale; cell++)
                {
                    long row = (i / Width * scale) + (cell / scale);
                    expected += x[(row * Width * scale) + (i % Width * scale) + (cell % scale)];
                }

                Values.AreClose(expected, y[i], 1e-6 * scale * scale, $"scale {scale}, element {i}");
            }
        }
    }
}
