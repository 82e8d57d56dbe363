namespace CoreEngine.Operators.Tests;

/// <summary>
/// Every element type computes what float64 computes, rounded to it: fractions are cut off where it is an integer. Inputs
/// are small whole numbers, which all types hold.
/// </summary>
[TestClass]
public sealed class ElementTypeTests
{
    private static readonly DType[] s_others =
    [
        DType.Float32,
        DType.Float16,
        DType.Int64,
        DType.Int32,
        DType.Int8,
        DType.UInt8,
    ];

    /// <summary>One call in all types.</summary>
    [TestMethod]
    [DynamicData(nameof(PlainCalls.Simple), typeof(PlainCalls))]
    [DynamicData(nameof(PlainCalls.Others), typeof(PlainCalls))]
    public void All_types_compute_the_same(string name, string attributes, string shapes)
    {
        using var scope = new ArrayScope();
        double[][] exact = Run(DType.Float64, name, attributes, shapes, out DType[] types);
        foreach (DType dtype in s_others)
        {
            double[][] found = Run(dtype, name, attributes, shapes, out DType[] foundTypes);
            Assert.HasCount(exact.Length, found);
            for (int i = 0; i < exact.Length; i++)
            {
                // A result that has the inputs' type in float64 has it in every type.
                if (types[i] == DType.Float64)
                    Assert.AreEqual(dtype, foundTypes[i], $"{name}: result {i}");
                for (int j = 0; j < exact[i].Length; j++)
                {
                    AssertRounded(exact[i][j], foundTypes[i], found[i][j], $"{name}, {dtype}: result {i}, element {j}");
                }
            }
        }
    }

    private static void AssertRounded(double exact, DType dtype, double found, string what)
    {
        double expected = exact;
        double allowed = 0;
        if (dtype.IsFloat())
        {
            allowed = Math.Abs(exact) * (dtype == DType.Float16 ? 2e-3 : 2e-6);
        }
        else
        {
            // What leaves the range of the type is not compared: conversion decides it, not the operator.
            expected = Math.Truncate(exact);
            (double low, double high) = dtype switch
            {
                DType.UInt8 => (0, 255),
                DType.Int8 => (-128, 127),
                _ => (int.MinValue, int.MaxValue),
            };
            if (!(expected >= low && expected <= high))
                return;
        }

        bool agrees = expected.Equals(found) || Math.Abs(expected - found) <= allowed;
        Assert.IsTrue(agrees, $"{what} is {found}, not {expected}");
    }

    private static double[][] Run(DType dtype, string name, string attributes, string shapes, out DType[] types)
    {
        NDArray[] inputs = PlainCalls.Inputs(dtype, shapes);
        NDArray[] outputs = Imperative.Invoke(NeuralErrorTests.Bind(name, attributes), inputs);
        types = [.. outputs.Select(output => output.DType)];
        return [.. outputs.Select(output => output.AsType(DType.Float64).ToArray<double>())];
    }
}
