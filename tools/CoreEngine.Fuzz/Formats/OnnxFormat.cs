using CoreEngine.Onnx;
using CoreEngine.Runtime;
using static CoreEngine.Fuzz.OnnxMessages;

namespace CoreEngine.Fuzz;

/// <summary>ONNX models: damage to single fields of the messages. Some of the models that can be read are imported, too.</summary>
internal sealed class OnnxFormat : FuzzFormat
{
    /// <summary>To import a model takes some hundred times as long as to read it.</summary>
    private const int ImportEvery = 8;

    /// <summary>Every test of a network needs one: convolution, normalisation, pooling, a layer, shapes computed in the graph.</summary>
    private static readonly byte[] s_network = Model(
        13,
        Graph(
            [
                Node("Conv", "x w b", "c", Integers("pads", 1, 1, 1, 1), Integers("strides", 2, 2)),
                Node("BatchNormalization", "c g h m v", "n", Real("epsilon", 0.001f)),
                Node("Relu", "n", "r"),
                Node("MaxPool", "r", "p", Integers("kernel_shape", 2, 2), Integer("ceil_mode", 1)),
                Node("Shape", "p", "s"),
                Node("Gather", "s zero", "first"),
                Node("Unsqueeze", "first zeros", "rows"),
                Node("Concat", "rows minus", "target", Integer("axis", 0)),
                Node("Reshape", "p target", "f"),
                Node("Gemm", "f k .", "y", Integer("transB", 1), Real("alpha", 0.5f)),
                Node("Softmax", "y", "z", Integer("axis", -1)),
            ],
            [Value("x", FloatType, 2, 1, 4, 4)],
            [Value("z", FloatType, 2, 3)],
            Floats("w", [2, 1, 3, 3], new float[18]),
            Floats("b", [2], 1, 2),
            Floats("g", [2], 1, 1),
            Floats("h", [2], 0, 0),
            Floats("m", [2], 0, 0),
            Floats("v", [2], 1, 1),
            Whole("zero", [], 0),
            Whole("zeros", [1], 0),
            Whole("minus", [1], -1),
            Floats("k", [3, 2], 1, 2, 3, 4, 5, 6)
        )
    );

    /// <summary>Control flow and operators of one's own.</summary>
    private static readonly byte[] s_control = Model(
        17,
        Graph(
            [
                Node(
                    "Loop",
                    "times . x",
                    "l all",
                    Graph(
                        "body",
                        Graph(
                            [
                                Node("Identity", "go", "on"),
                                Node("Add", "state one", "next"),
                                Node("Mul", "next x", "out"),
                            ],
                            [Value("i", Int64Type), Value("go", BoolType), Value("state", FloatType, 3)],
                            [Value("on", BoolType), Value("next", FloatType, 3), Value("out", FloatType, 3)],
                            Floats("one", [1], 1)
                        )
                    )
                ),
                OwnNode("own", "Scaled", "l", "m", Integer("by", 3)),
                Node("Slice", "all starts ends . steps", "cut"),
                Node("ReduceSum", "cut", "sum", Integer("keepdims", 0)),
            ],
            [Value("x", FloatType, 3)],
            [Value("m", FloatType, 3), Value("sum", FloatType)],
            Whole("times", [], 2),
            Whole("starts", [2], 0, -1),
            Whole("ends", [2], 2, -9),
            Whole("steps", [2], 1, -1)
        ),
        Function(
            "own",
            "Scaled",
            "a",
            "b",
            Node("Constant", "", "factor", Reference("value_int", "by")),
            Node("CastLike", "factor a", "wide"),
            Node("Mul", "a wide", "b")
        )
    );

    private static readonly byte[] s_layers = Model(
        17,
        Graph(
            [
                Node("LSTM", "x w r", "all last", Integer("hidden_size", 2), Text("direction", "forward")),
                Node("Resize", "all . scales", "large", Text("mode", "linear")),
                Node("Einsum", "large large", "e", Text("equation", "tdbh,tdbh->th")),
                Node("Pad", "e widths", "p", Text("mode", "reflect")),
                Node("OneHot", "places depth offon", "o"),
                Node("Split", "p", "first second", Integer("axis", 1)),
            ],
            [Value("x", FloatType, 3, 1, 2), Value("places", Int64Type, 2)],
            [Value("first", FloatType, 8, 2), Value("second", FloatType, 8, 2), Value("o", FloatType, 2, 4)],
            Floats("w", [1, 8, 2], new float[16]),
            Floats("r", [1, 8, 2], new float[16]),
            Floats("scales", [4], 2, 1, 1, 1),
            Whole("widths", [4], 1, 1, 1, 1),
            Whole("depth", [], 4),
            Floats("offon", [2], 0, 1)
        )
    );

    private sealed record Accepted(OnnxModel Model, bool IsImported);

    /// <inheritdoc/>
    public override string Name => "onnx";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; } = [s_network, s_control, s_layers];

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random) =>
        random.Next(8) == 0 ? ByteMutation.Apply(Seeds[seed], random) : ProtobufMutation.Apply(Seeds[seed], random);

    /// <inheritdoc/>
    public override object Read(byte[] input, StoragePool pool) =>
        new Accepted(OnnxModel.Read(input, "the input"), input.Sum(one => one) % ImportEvery == 0);

    /// <inheritdoc/>
    public override void CheckAccepted(object value, StoragePool pool)
    {
        var accepted = (Accepted)value;
        if (!accepted.IsImported)
        {
            return;
        }

        using var scope = new ArrayScope();
        try
        {
            OnnxImporter.Import(accepted.Model);
        }
        catch (EngineException)
        {
            // What can be read need not make sense.
        }
    }
}
