using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace CoreEngine.Operators.Tests;

/// <summary>
/// Every registered operator has the names, inputs and parameters that MXNet 1.0.0 has: its users' scripts, symbol files
/// and code generators depend on them.
/// </summary>
[TestClass]
public sealed class OperatorParityTests
{
    /// <summary>Operators of our own, which MXNet 1.0.0 does not have.</summary>
    private static readonly HashSet<string> s_own =
    [
        // As MXNet 1.3 defined it.
        "LayerNorm",
        // As MXNet 1.4 defined it.
        "erf",
        // MXNet 1.0 composes these optimizers of several operators, and knows a master copy for sgd alone.
        "nag_mom_update",
        "dcasgd_update",
        "sgld_update",
        "adagrad_update",
        "adadelta_update",
        "adamax_update",
        "nadam_update",
        "ftml_update",
        "mp_adam_update",
        "mp_rmsprop_update",
        "mp_rmspropalex_update",
        "mp_ftrl_update",
        "mp_nag_mom_update",
        "mp_dcasgd_update",
        "mp_sgld_update",
        "mp_adagrad_update",
        "mp_adadelta_update",
        "mp_adamax_update",
        "mp_nadam_update",
        "mp_ftml_update",
        "_contrib_fused_convolution",
        "_fused_pointwise",
        "_contrib_prepare_convolution_weight",
    ];

    [TestMethod]
    public void Registered_operators_are_described_as_in_MXNet()
    {
        Dictionary<string, JsonElement> expected = Load();
        List<string> mismatches = [];
        foreach (OperatorDef definition in OperatorRegistry.Default.Operators.Where(o => !o.IsInternal))
        {
            if (expected.TryGetValue(definition.Name, out JsonElement one))
                mismatches.AddRange(Compare(definition, one).Select(text => $"{definition.Name}: {text}"));
            else if (!s_own.Contains(definition.Name))
                mismatches.Add($"{definition.Name}: MXNet has no operator of this name");
        }

        Assert.IsEmpty(mismatches, string.Join(Environment.NewLine, mismatches));
    }

    [TestMethod]
    public void Every_operator_of_MXNet_is_there_or_absent_for_a_reason()
    {
        OperatorRegistry registry = OperatorRegistry.Default;
        string[] forward = [.. Load().Keys.Where(name => !name.StartsWith("_backward", StringComparison.Ordinal))];
        CollectionAssert.AreEquivalent(
            AbsentOperators.Reasons.Keys.ToArray(),
            forward.Where(name => !registry.TryGet(name, out _)).ToArray()
        );
        foreach ((string name, string reason) in AbsentOperators.Reasons)
        {
            Assert.Contains(reason, Assert.ThrowsExactly<UnknownOperatorException>(() => registry[name]).Message);
        }
    }

    [TestMethod]
    public void Every_operator_says_what_it_computes()
    {
        OperatorDef[] silent =
        [
            .. OperatorRegistry.Default.Operators.Where(op => !op.IsInternal && op.Description.Length == 0),
        ];
        Assert.IsEmpty(silent, string.Join<OperatorDef>(", ", silent));
    }

    [TestMethod]
    public void Internal_operators_take_no_public_names()
    {
        Dictionary<string, JsonElement> expected = Load();
        string[] taken =
        [
            .. OperatorRegistry
                .Default.Operators.Where(o => o.IsInternal)
                .SelectMany(o => o.Aliases.Prepend(o.Name))
                .Where(expected.ContainsKey),
        ];
        Assert.IsEmpty(taken);
    }

    private static IEnumerable<string> Compare(OperatorDef actual, JsonElement expected)
    {
        string[] aliases = [.. expected.GetProperty("aliases").EnumerateArray().Select(a => a.GetString()!)];
        if (!aliases.Order(StringComparer.Ordinal).SequenceEqual(actual.Aliases.Order(StringComparer.Ordinal)))
            yield return $"aliases are {List(actual.Aliases)}, should be {List(aliases)}";
        string count = expected.GetProperty("key_var_num_args").GetString()!;
        if (count != actual.VariadicCount)
            yield return $"the attribute that counts inputs is '{actual.VariadicCount}', should be '{count}'";
        string[] inputs = [.. Arguments(expected, "input").Select(a => a.Name)];
        if (!inputs.SequenceEqual(actual.DescribedInputs))
            yield return $"inputs are {List(actual.DescribedInputs)}, should be {List(inputs)}";
        (string Name, string Type)[] parameters = [.. Arguments(expected, "parameter")];
        (string Name, string Type)[] ours = [.. actual.Parameters.Select(p => (p.Name, p.TypeText))];
        for (int i = 0; i < Math.Max(parameters.Length, ours.Length); i++)
        {
            string should = i < parameters.Length ? parameters[i].ToString() : "absent";
            string is_ = i < ours.Length ? ours[i].ToString() : "absent";
            if (should != is_)
                yield return $"parameter {i} is {is_}, should be {should}";
        }
    }

    private static IEnumerable<(string Name, string Type)> Arguments(JsonElement expected, string kind) =>
        expected
            .GetProperty("arguments")
            .EnumerateArray()
            .Where(a => a.GetProperty("kind").GetString() == kind)
            .Select(a => (a.GetProperty("name").GetString()!, a.GetProperty("type_string").GetString()!));

    private static string List(IEnumerable<string> texts) => $"({string.Join(", ", texts)})";

    private static Dictionary<string, JsonElement> Load([CallerFilePath] string here = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(here)!, "..", "golden", "operators.json.gz");
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using JsonDocument document = JsonDocument.Parse(stream);
        return document
            .RootElement.GetProperty("operators")
            .EnumerateArray()
            .ToDictionary(o => o.GetProperty("name").GetString()!, o => o.Clone());
    }
}
