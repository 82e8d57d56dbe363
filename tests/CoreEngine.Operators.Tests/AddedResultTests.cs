using System.Globalization;
using CoreEngine.Conformance;
using CoreEngine.Graphs;
using CoreEngine.Tests;

namespace CoreEngine.Operators.Tests;

/// <summary>
/// A kernel that is asked to add does so: graphs grow sums in one place, with whatever operator their parts come from.
/// Every operator is called so with the inputs of its recorded cases, and without.
/// </summary>
[TestClass]
public sealed class AddedResultTests
{
    private const double Start = 3;

    private static readonly GoldenFolder s_folder = new(Checkout.GoldenData);

    public static IEnumerable<string> Operators =>
        s_folder.OperatorNames.Where(name => OperatorRegistry.Default.TryGet(name, out _));

    [TestMethod]
    [DynamicData(nameof(Operators))]
    public void Results_are_added_where_that_is_asked(string name)
    {
        foreach (OperatorCase recorded in s_folder.ReadOperator(name).Cases)
        {
            GoldenArray[] arrays = [.. recorded.Inputs, .. recorded.Aux];
            bool isPlain =
                recorded.Mode is CaseMode.Symbol && arrays.All(array => array.Data is not null && !array.IsSparse);
            BoundOperator? op = isPlain ? OperatorRegistry.Default[name].Bind(recorded.Attrs) : null;
            if (op is { IsRandom: false } && arrays.Length > 0)
                Check(op, recorded.Id, [.. arrays.Select(ArrayConversion.ToArray)]);
        }
    }

    private static void Check(BoundOperator op, string id, NDArray[] inputs)
    {
        using var scope = new ArrayScope();
        NDArray expected = Imperative.Invoke(op, [.. inputs.Select(input => input.Copy())])[0];
        if (!expected.DType.IsFloat() || expected.StorageType != StorageType.Default)
            return;
        Symbol[] variables = [.. inputs.Select((_, i) => Symbol.Variable($"input{i}"))];
        Symbol start = Symbol.Variable("start");
        Symbol call = Symbol.Call(op.Name, variables, "call", op.Attributes);
        Symbol sum = Symbol.Call("add_n", [start * 2, call[0]], "sum");
        var cached = new CachedOp(sum, GraphPasses.None);
        NDArray half = NDArray.Full(expected.Shape, Start / 2, expected.DType);
        NDArray[] given =
        [
            .. cached.InputNames.Select(name =>
                name == "start" ? half : inputs[int.Parse(name["input".Length..], CultureInfo.InvariantCulture)]
            ),
        ];
        double[] found = cached.Invoke(given)[0].AsType(DType.Float64).ToArray<double>();
        double[] values = expected.AsType(DType.Float64).ToArray<double>();
        double tolerance = expected.DType == DType.Float16 ? 0.01 : 1e-5;
        for (int i = 0; i < values.Length; i++)
        {
            double both = values[i] + Start;
            if (double.IsFinite(both))
                Assert.AreEqual(both, found[i], tolerance * Math.Max(1, Math.Abs(both)), $"{id} at {i}");
        }
    }

    /// <summary>Gradients that meet in one array are added up there: none gets lost, whatever layer it comes from.</summary>
    [TestMethod]
    [DynamicData(nameof(Operators))]
    public void Gradients_are_added_where_they_meet(string name)
    {
        foreach (OperatorCase recorded in s_folder.ReadOperator(name).Cases)
        {
            GoldenArray[] arrays = [.. recorded.Inputs, .. recorded.Aux];
            bool isPlain =
                recorded is { Mode: CaseMode.Symbol, Gradient: "yes" }
                && arrays.All(array => array.Data is not null && !array.IsSparse)
                && recorded.Inputs[0].Dtype.IsFloat();
            BoundOperator? op = isPlain ? OperatorRegistry.Default[name].Bind(recorded.Attrs) : null;
            if (op is not { IsRandom: false })
                continue;
            using var scope = new ArrayScope();
            double[] alone = GradientOf(op, arrays, others: -1);
            for (int others = 0; others <= 2; others++)
            {
                double[] together = GradientOf(op, arrays, others);
                double tolerance = recorded.Inputs[0].Dtype == DType.Float16 ? 0.01 : 1e-5;
                for (int i = 0; i < alone.Length; i++)
                {
                    double both = alone[i] + 8;
                    if (double.IsFinite(both))
                    {
                        double bound = tolerance * Math.Max(1, Math.Abs(both));
                        Assert.AreEqual(both, together[i], bound, $"{recorded.Id} at {i}, {others} others first");
                    }
                }
            }
        }
    }

    /// <summary>The gradient of the first input, alone or with two other uses, some of which come before the operator's.</summary>
    private static double[] GradientOf(BoundOperator op, GoldenArray[] arrays, int others)
    {
        NDArray[] inputs = [.. arrays.Select(ArrayConversion.ToArray)];
        inputs[0].AttachGradient();
        var heads = new List<NDArray>();
        using (Autograd.Record())
        {
            for (int place = 0; place <= 2; place++)
            {
                if (place == Math.Max(others, 0))
                    heads.Add(Imperative.Invoke(op, inputs)[0]);
                if (others >= 0 && place < 2)
                    heads.Add(inputs[0] * (place == 0 ? 3 : 5));
            }
        }

        Autograd.Backward([.. heads]);
        return inputs[0].Gradient!.AsType(DType.Float64).ToArray<double>();
    }
}
