using CoreEngine.Files;

namespace CoreEngine.Onnx;

/// <summary>An ONNX model as its file holds it. <see cref="OnnxImporter"/> makes something that runs of it.</summary>
public sealed class OnnxModel
{
    internal OnnxModel(
        long irVersion,
        string producer,
        IReadOnlyDictionary<string, long> opsets,
        OnnxGraph graph,
        IReadOnlyList<OnnxFunction> functions
    )
    {
        IrVersion = irVersion;
        Producer = producer;
        Opsets = opsets;
        Graph = graph;
        Functions = functions;
        var initialized = graph.Initializers.Select(tensor => tensor.Name).ToHashSet();
        Inputs = [.. graph.Inputs.Where(input => !initialized.Contains(input.Name))];
    }

    /// <summary>The version of the file format.</summary>
    public long IrVersion { get; }

    /// <summary>The program that wrote the model and its version; may be empty.</summary>
    public string Producer { get; }

    /// <summary>The version of each set of operators that the model uses; the empty name is ONNX's own.</summary>
    public IReadOnlyDictionary<string, long> Opsets { get; }

    /// <summary>What must be given to run the model.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>What the model computes.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs => Graph.Outputs;

    /// <summary>The tensors that come with the model.</summary>
    public IReadOnlyList<OnnxTensor> Initializers => Graph.Initializers;

    /// <summary>How often each operator is called in the outermost graph, by name.</summary>
    public IReadOnlyDictionary<string, int> OperatorCounts =>
        Graph
            .Nodes.CountBy(node => node.Domain.Length == 0 ? node.Operator : $"{node.Domain}.{node.Operator}")
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary();

    internal OnnxGraph Graph { get; }

    internal IReadOnlyList<OnnxFunction> Functions { get; }

    /// <summary>Reads a model's file.</summary>
    /// <exception cref="FileAccessException">The file is absent or not permitted.</exception>
    /// <exception cref="FileFormatException">The file is damaged or no ONNX model.</exception>
    /// <exception cref="OnnxUnsupportedException">The model keeps tensors in other files.</exception>
    public static OnnxModel Load(string path) => Read(ModelFile.ReadAll(path), path);

    /// <summary>Reads a model from bytes.</summary>
    /// <param name="bytes">The file's bytes; the model's tensors keep them.</param>
    /// <param name="name">What errors call the bytes.</param>
    /// <exception cref="FileFormatException">The bytes are damaged or no ONNX model.</exception>
    /// <exception cref="OnnxUnsupportedException">The model keeps tensors in other files.</exception>
    public static OnnxModel Read(ReadOnlyMemory<byte> bytes, string name) =>
        ModelMessage.Read(new WireReader(bytes, name));
}
