using CoreEngine.Conformance;
using CoreEngine.Kernels;
using CoreEngine.Runtime;
using CoreEngine.Tests;

namespace CoreEngine.Operators.Tests;

/// <summary>
/// No operator allocates managed memory once calls like the present one have been made: neither forward nor backward,
/// written or added. All operators of the registry are called: as they were recorded, as their gradients are checked, and
/// as their gradient rules call them.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class OperatorAllocationTests
{
    private static readonly GoldenFolder s_folder = new(Checkout.GoldenData);

    /// <summary>Operators that are not called here, and why.</summary>
    private static readonly Dictionary<string, string> s_without = new()
    {
        ["Custom"] = "runs code of users",
        ["_backward_Custom"] = "runs code of users",
        // How much a sparse result stores, and with it its memory, is another for other values.
        ["_sparse_retain"] = "takes and makes sparse arrays only",
        ["_backward_sparse_retain"] = "takes and makes sparse arrays only",
        // Images are prepared for batches one by one: no steps of a network.
        ["_cvimdecode"] = "decodes an image",
        ["_cvimread"] = "reads and decodes an image",
        ["_cvimresize"] = "prepares an image",
        ["_cvcopyMakeBorder"] = "prepares an image",
    };

    /// <summary>Operators whose gradient rule only says that there is none.</summary>
    private static readonly string[] s_forInference =
    [
        "_contrib_fused_convolution",
        "_contrib_prepare_convolution_weight",
    ];

    [TestMethod]
    public void Repeated_calls_allocate_nothing()
    {
        KernelTeam team = KernelTeam.Default;
        Engine engine = Engine.Default;
        using var inline = new NaiveEngine();
        HashSet<string> called = [.. s_without.Keys];
        SortedDictionary<string, string> offenders = new(StringComparer.Ordinal);
        try
        {
            KernelTeam.Default = new KernelTeam(1);
            Engine.Default = inline;
            foreach (Func<OperatorCall> make in Calls())
            {
                using var scope = new ArrayScope();
                Measure(make(), called, offenders, depth: 0);
            }
        }
        finally
        {
            KernelTeam.Default = team;
            Engine.Default = engine;
        }

        Assert.IsEmpty(offenders, string.Join('\n', offenders));
        string[] missing =
        [
            .. OperatorRegistry.Default.Operators.Select(o => o.Name).Where(name => !called.Contains(name)).Order(),
        ];
        Assert.IsEmpty(missing, string.Join(", ", missing));
    }

    private static void Measure(
        OperatorCall call,
        HashSet<string> called,
        SortedDictionary<string, string> offenders,
        int depth
    )
    {
        called.Add(call.Operator.Name);
        foreach (Request request in (Request[])[Request.Write, Request.Add])
        {
            long bytes = call.MeasureBytes(request);
            if (bytes > 0)
                offenders[call.Operator.Name] = $"{bytes} bytes ({request}, {call})";
        }

        if (depth == 2)
            return;
        foreach (
            GradientRule? rule in (GradientRule?[])
                [call.Operator.Definition.Gradient, call.Operator.Definition.ComposedGradient]
        )
        {
            if (rule is null || s_forInference.Contains(call.Operator.Name))
                continue;
            var gradient = new GradientCalls(call);
            rule(gradient);
            foreach (OperatorCall one in gradient.Calls.Where(one => one.Operator.Definition.IsInternal))
            {
                Measure(one, called, offenders, depth + 1);
            }
        }
    }

    private static IEnumerable<Func<OperatorCall>> Calls()
    {
        foreach (string name in s_folder.OperatorNames)
        {
            if (s_without.ContainsKey(name) || !OperatorRegistry.Default.TryGet(name, out _))
                continue;
            foreach (OperatorCase one in s_folder.ReadOperator(name).Cases)
            {
                if (one.Mode != CaseMode.Error && !one.Inputs.Any(input => input.IsSparse))
                    yield return () => Recorded(name, one);
            }
        }

        foreach (GradientCase one in GradientCompletenessTests.Cases.Concat(ConstantGradientTests.Cases))
        {
            if (one.Inputs.All(input => input.Storage == StorageType.Default))
                yield return () => Checked(one);
        }

        foreach (
            OperatorDef rule in OperatorRegistry.Default.Operators.Where(o =>
                o.Name.EndsWith("_update", StringComparison.Ordinal)
            )
        )
        {
            yield return () => Update(rule);
        }

        yield return () => Convolution("_contrib_fused_convolution", [new(2, 3, 9, 9), new(4, 3, 3, 3), new(4)]);
        yield return () =>
            Convolution("_contrib_prepare_convolution_weight", [new(4, 3, 3, 3)], ("data_size", "(9,9)"));
    }

    /// <summary>A step of an optimizer; those with a master copy update half-precision weights.</summary>
    private static OperatorCall Update(OperatorDef rule)
    {
        BoundOperator op = rule.Bind(
            rule.Parameters.Where(p => p.TypeText.EndsWith("required", StringComparison.Ordinal))
                .ToDictionary(p => p.Name, _ => "1")
        );
        bool hasMaster = rule.Name.StartsWith("mp_", StringComparison.Ordinal);
        NDArray[] inputs =
        [
            .. Enumerable
                .Range(0, op.InputCount)
                .Select(i => NDArray.Full(new Shape(33), 0.5, hasMaster && i < 2 ? DType.Float16 : DType.Float32)),
        ];
        return OperatorCall.Run(op, inputs, isTraining: true);
    }

    private static OperatorCall Convolution(string name, Shape[] shapes, params (string Key, string Value)[] more)
    {
        var attributes = new Dictionary<string, string> { ["kernel"] = "(3,3)", ["num_filter"] = "4" };
        foreach ((string key, string value) in more)
        {
            attributes[key] = value;
        }

        NDArray[] inputs = Array.ConvertAll(shapes, shape => NDArray.Full(shape, 0.5, DType.Float32));
        return OperatorCall.Run(OperatorRegistry.Default[name].Bind(attributes), inputs, isTraining: false);
    }

    private static OperatorCall Recorded(string name, OperatorCase one)
    {
        BoundOperator op = OperatorRegistry.Default[name].Bind(one.Attrs);
        NDArray[] inputs =
        [
            .. one
                .Inputs.Concat(one.Aux)
                .Select(array =>
                    one.Mode == CaseMode.Random
                        ? NDArray.Full(new Shape(array.Shape!), one.InputConstant ?? 1, array.Dtype)
                        : ArrayConversion.ToArray(array)
                ),
        ];
        NDArray?[] given =
            one.OutIsInput is { } shared ? [inputs[shared]]
            : one.OutPreallocated
                ? [.. one.Outputs.Select(output => NDArray.Zeros(new Shape(output.Shape!), output.Dtype))]
            : [];
        return OperatorCall.Run(op, inputs, one.IsTrain, given);
    }

    private static OperatorCall Checked(GradientCase one)
    {
        var random = new Random(one.Seed);
        NDArray[] inputs = Array.ConvertAll(one.Inputs, input => NDArray.From(input.Draw(random), input.Shape));
        return OperatorCall.Run(OperatorRegistry.Default[one.Operator].Bind(one.Attributes), inputs, one.IsTraining);
    }
}
