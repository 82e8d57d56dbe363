using System.Runtime.InteropServices;

namespace CoreEngine.Conformance;

/// <summary>
/// Recorded cases in which the original plainly errs, and what it should have produced. An engine may agree with the
/// recording or with the right result, which is computed from the recorded values: either is checked as strictly as any
/// other case.
/// </summary>
public static class OriginalDefects
{
    private static readonly Dictionary<string, Func<OperatorCase, OperatorCase>> s_corrections = new(
        StringComparer.Ordinal
    )
    {
        // float16 ranges are all zero.
        ["_arange/9"] = one => one with { Outputs = [Replace(one.Outputs[0], [0, 0.5, 1, 1.5])] },
        // With exclude the shape is that of the axes kept, but the values are summed as without it.
        ["_square_sum/7"] = one => one with { Outputs = [Replace(one.Outputs[0], SquaresOfRows(one.Inputs[0]))] },
        // The gradient is written where it should be added.
        ["clip/4"] = one => WithGradients(one, (recorded, before) => recorded + before),
        // What the gradient array held before is divided by the number of elements as well.
        ["mean/2"] = DivideGradientOnly,
        ["mean/6"] = DivideGradientOnly,
        ["mean/9"] = DivideGradientOnly,
        ["mean/12"] = DivideGradientOnly,
        // Both gradients share one array: what lhs held before the pass is in the gradient of rhs as well.
        ["elemwise_add/3"] = one =>
            one with
            {
                Grads =
                [
                    one.Grads![0],
                    Combine(one.Grads[1], one.GradsBefore![0], (recorded, before) => recorded - before),
                ],
            },
    };

    // The original computes these for row-sparse arrays only; a dense array is no misuse.
    private static readonly HashSet<string> s_limitations = ["_square_sum"];

    /// <summary>The cases' names.</summary>
    public static IReadOnlyCollection<string> Ids => s_corrections.Keys;

    /// <summary>The case with right results; null where nothing is known to be wrong with it.</summary>
    public static OperatorCase? Correct(OperatorCase recorded) =>
        s_corrections.TryGetValue(recorded.Id, out Func<OperatorCase, OperatorCase>? correct)
            ? correct(recorded)
            : null;

    /// <summary>True for refusals at <c>bind</c> that tell what the original lacks, not what a caller does wrong.</summary>
    public static bool IsLimitation(ErrorCase call) => call.Phase == "bind" && s_limitations.Contains(call.Op);

    private static OperatorCase DivideGradientOnly(OperatorCase one)
    {
        double count = (double)one.Inputs[0].ToDense().Length / one.Outputs[0].ToDense().Length;
        return WithGradients(one, (recorded, before) => recorded + before - (before / count));
    }

    /// <summary>Corrects the gradients of the inputs that had one before.</summary>
    private static OperatorCase WithGradients(OperatorCase one, Func<double, double, double> correct) =>
        one with
        {
            Grads =
            [
                .. one.Grads!.Select(gradient =>
                    one.GradsBefore!.FirstOrDefault(before => before.Name == gradient.Name) is { } before
                        ? Combine(gradient, before, correct)
                        : gradient
                ),
            ],
        };

    private static GoldenArray Combine(GoldenArray x, GoldenArray y, Func<double, double, double> function)
    {
        DenseArray left = x.ToDense();
        DenseArray right = y.ToDense();
        double[] values = new double[left.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = function(left[i], right[i]);
        }

        return Replace(x, values);
    }

    private static double[] SquaresOfRows(GoldenArray matrix)
    {
        DenseArray dense = matrix.ToDense();
        double[] sums = new double[dense.Shape[0]];
        for (int i = 0; i < dense.Length; i++)
        {
            sums[i / (dense.Length / sums.Length)] += dense[i] * dense[i];
        }

        return sums;
    }

    /// <summary>A dense array of the same shape and type with other values.</summary>
    private static GoldenArray Replace(GoldenArray array, double[] values) =>
        array with
        {
            Stype = null,
            Data = array.Dtype switch
            {
                DType.Float32 => Bytes(Array.ConvertAll(values, v => (float)v)),
                DType.Float64 => Bytes(values),
                DType.Float16 => Bytes(Array.ConvertAll(values, v => (Half)v)),
                _ => throw new GoldenDataException(
                    $"Corrections of {array.Dtype.Name()} arrays are not needed so far."
                ),
            },
        };

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
