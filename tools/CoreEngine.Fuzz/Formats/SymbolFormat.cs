using System.Text;
using System.Text.Json;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>Symbols as JSON of every version. What is accepted is also listed, inferred, and written again.</summary>
internal sealed class SymbolFormat : JsonFormat
{
    private static readonly string[] s_words =
    [
        "\"op\"",
        "\"name\"",
        "\"attrs\"",
        "\"attr\"",
        "\"param\"",
        "\"inputs\"",
        "\"nodes\"",
        "\"heads\"",
        "\"arg_nodes\"",
        "\"node_row_ptr\"",
        "\"control_deps\"",
        "\"backward_source_id\"",
        "\"subgraphs\"",
        "\"mxnet_version\"",
        "[\"int\", 800]",
        "[\"int\", 904]",
        "[\"int\", 10900]",
        "\"null\"",
        "\"Convolution\"",
        "\"BatchNorm\"",
        "\"SliceChannel\"",
        "\"Concat\"",
        "\"RNN\"",
        "\"Reshape\"",
        "\"argmax\"",
        "\"Custom\"",
        "\"add_n\"",
        "\"num_args\"",
        "\"num_outputs\"",
        "\"kernel\"",
        "\"axis\"",
        "\"shape\"",
        "\"__shape__\"",
        "\"__dtype__\"",
        "\"__storage_type__\"",
        "\"lr_mult\"",
        "\"weight_lr_mult\"",
        "\"ctx_group\"",
        "\"(3,3)\"",
        "\"True\"",
        "[0, 0, 0]",
        "[0, 1, 0]",
        "[[0, 0, 0], [0, 0, 0]]",
    ];

    private static readonly byte[] s_version08 =
    [
        .. """
        {"nodes": [
          {"op": "null", "param": {}, "name": "data", "inputs": [], "backward_source_id": -1},
          {"op": "null", "param": {}, "name": "fc_weight", "inputs": [], "backward_source_id": -1},
          {"op": "null", "param": {}, "name": "fc_bias", "inputs": [], "backward_source_id": -1},
          {"op": "FullyConnected", "param": {"num_hidden": "2"}, "name": "fc", "inputs": [[0, 0], [1, 0], [2, 0]],
           "backward_source_id": -1, "attr": {"weight_lr_mult": "2", "ctx_group": "a"}},
          {"op": "argmax", "param": {"axis": "-1"}, "name": "m", "inputs": [[3, 0]], "backward_source_id": -1}
         ], "arg_nodes": [0, 1, 2], "heads": [[4, 0], [3, 0]]}
        """u8,
    ];

    private readonly Dictionary<string, Shape> _known = [];

    /// <param name="networks">Symbols that MXNet wrote.</param>
    /// <param name="inference">Recorded small symbols with shapes of some of their arguments.</param>
    public SymbolFormat(IEnumerable<byte[]> networks, byte[] inference)
        : base([.. networks, .. Small(inference), s_version08], s_words)
    {
        using JsonDocument cases = JsonDocument.Parse(inference);
        foreach (JsonElement one in cases.RootElement.EnumerateArray())
        {
            foreach (JsonProperty given in one.GetProperty("given_shapes").EnumerateObject())
            {
                _known[given.Name] = new Shape([.. given.Value.EnumerateArray().Select(extent => extent.GetInt64())]);
            }
        }
    }

    /// <inheritdoc/>
    public override string Name => "symbol";

    /// <summary>A node is some objects, and an operator's parameters are parsed with it.</summary>
    public override long ManagedBudget(int inputLength) => (2 << 20) + (400L * inputLength);

    /// <inheritdoc/>
    public override object Read(byte[] input, StoragePool pool) => Symbol.FromJson(input, "the input");

    /// <inheritdoc/>
    public override void CheckAccepted(object value, StoragePool pool)
    {
        var symbol = (Symbol)value;
        string written = symbol.ToJson();
        RequireSame(Encoding.UTF8.GetBytes(written), Encoding.UTF8.GetBytes(Symbol.FromJson(written).ToJson()));
        IReadOnlyList<string> arguments = symbol.ListArguments();
        _ = symbol.ListAuxiliaryStates();
        _ = symbol.ListOutputs();
        _ = symbol.ListAllAttributes();
        _ = symbol.Internals().ListOutputs();
        try
        {
            _ = symbol.InferTypes();
            _ = symbol.InferShapes(
                arguments.Distinct().Where(_known.ContainsKey).ToDictionary(name => name, name => _known[name])
            );
        }
        catch (EngineException)
        {
            // Shapes that contradict each other are the symbol's own business.
        }
    }

    private static IEnumerable<byte[]> Small(byte[] inference)
    {
        using JsonDocument cases = JsonDocument.Parse(inference);
        return
        [
            .. cases
                .RootElement.EnumerateArray()
                .Select(one => Encoding.UTF8.GetBytes(one.GetProperty("symbol").GetRawText())),
        ];
    }
}
