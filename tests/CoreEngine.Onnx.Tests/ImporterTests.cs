using static CoreEngine.Fuzz.OnnxMessages;

namespace CoreEngine.Onnx.Tests;

[TestClass]
public sealed class ImporterTests
{
    [TestMethod]
    public void ModelsAreRunAndToldApartFromTheirParameters()
    {
        OnnxProgram program = Import(
            Graph(
                [Node("MatMul", "x w", "y")],
                [Value("x", FloatType, 2, 2)],
                [Value("y", FloatType, 2, 1)],
                Floats("w", [2, 1], 3, 4)
            )
        );
        CollectionAssert.AreEqual(new[] { "x" }, program.Inputs.Select(input => input.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "w" }, program.Parameters.Keys.ToArray());
        OnnxTensor y = Run(program, ("x", Tensor([2, 2], 1, 0, 0, 2)))[0];
        CollectionAssert.AreEqual(new double[] { 3, 8 }, y.ToDoubles());
        CollectionAssert.AreEqual(new long[] { 2, 1 }, y.Dims.ToArray());
    }

    [TestMethod]
    public void SingleNumbersHaveNoAxes()
    {
        OnnxProgram program = Import(
            Graph(
                [Node("ReduceSum", "x", "y", Integer("keepdims", 0))],
                [Value("x", FloatType, 3)],
                [Value("y", FloatType)]
            )
        );
        Assert.IsEmpty(program.Outputs[0].Dims);
        Assert.AreEqual(new Shape(1), program.Outputs[0].Shape);
        OnnxTensor y = Run(program, ("x", Tensor([3], 1, 2, 3)))[0];
        Assert.IsEmpty(y.Dims);
        Assert.AreEqual(6, y.ToDoubles()[0]);
    }

    [TestMethod]
    public void OpenExtentsMustBeGiven()
    {
        OnnxModel model = Read(
            Graph([Node("Relu", "x", "y")], [Value("x", FloatType, 0, 3)], [Value("y", FloatType, 0, 3)])
        );
        Assert.AreEqual("x: Float[batch,3]", model.Inputs[0].ToString());
        OnnxModelException error = Assert.ThrowsExactly<OnnxModelException>(() => OnnxImporter.Import(model));
        Assert.Contains("InputDims", error.Message);
        OnnxProgram program = OnnxImporter.Import(model, Dims("x", 5, 3));
        Assert.AreEqual(new Shape(5, 3), program.Inputs[0].Shape);
        Assert.ThrowsExactly<OnnxModelException>(() => OnnxImporter.Import(model, Dims("x", 5, 4)));
        Assert.ThrowsExactly<OnnxModelException>(() => OnnxImporter.Import(model, Dims("x", 3)));
    }

    [TestMethod]
    public void ValuesThatDecideShapesBecomePartOfTheGraph()
    {
        OnnxModel model = Read(
            Graph(
                [Node("Reshape", "x shape", "y")],
                [Value("x", FloatType, 4), Value("shape", Int64Type, 2)],
                [Value("y", FloatType, 2, 2)]
            )
        );
        OnnxUnsupportedException error = Assert.ThrowsExactly<OnnxUnsupportedException>(() =>
            OnnxImporter.Import(model)
        );
        Assert.AreEqual("Reshape", error.OperatorName);
        Assert.Contains("'shape'", error.Message);
        var values = new Dictionary<string, OnnxTensor> { ["shape"] = OnnxTensor.FromIntegers([2, -1]) };
        OnnxProgram program = OnnxImporter.Import(model, new OnnxImportOptions { KnownInputs = values });
        CollectionAssert.AreEqual(new[] { "shape" }, program.FixedInputs.ToArray());
        CollectionAssert.AreEqual(new[] { "x" }, program.Inputs.Select(input => input.Name).ToArray());
        CollectionAssert.AreEqual(new long[] { 2, 2 }, program.Outputs[0].Dims.ToArray());
    }

    [TestMethod]
    public void WhatDependsOnTheModelAloneIsComputedAtOnce()
    {
        OnnxProgram program = Import(
            Graph(
                [Node("Exp", "w", "e"), Node("Transpose", "e", "t"), Node("Add", "x t", "y")],
                [Value("x", FloatType, 2, 1)],
                [Value("y", FloatType, 2, 1)],
                Floats("w", [1, 2], 0, 1)
            )
        );
        Assert.ContainsSingle(program.Symbol.Graph.Nodes.Where(node => !node.IsVariable));
        OnnxTensor y = Run(program, ("x", Tensor([2, 1], 1, 1)))[0];
        Assert.AreEqual(1 + Math.E, y.ToDoubles()[1], 1e-6);
    }

    [TestMethod]
    public void AttributesAndInputsThatNobodyReadsAreRefused()
    {
        OnnxUnsupportedException attribute = Assert.ThrowsExactly<OnnxUnsupportedException>(() =>
            Import(
                Graph(
                    [Node("Relu", "x", "y", Real("slope", 1))],
                    [Value("x", FloatType, 2)],
                    [Value("y", FloatType, 2)]
                )
            )
        );
        Assert.Contains("'slope'", attribute.Message);
        Assert.AreEqual("Relu_of_y", attribute.Node);
        OnnxUnsupportedException input = Assert.ThrowsExactly<OnnxUnsupportedException>(() =>
            Import(Graph([Node("Relu", "x x", "y")], [Value("x", FloatType, 2)], [Value("y", FloatType, 2)]))
        );
        Assert.Contains("input 1", input.Message);
    }

    [TestMethod]
    [DataRow("NoSuchOperator", "x", "there is nothing")]
    [DataRow("Gemm", "x x", "not two matrices")]
    [DataRow("Add", "x", "no input 1")]
    [DataRow("Relu", "unknown", "nothing defines 'unknown'")]
    [DataRow("Concat", "x x", "no axis 1")]
    [DataRow("Mul", "x i", "differ")]
    [DataRow("Conv", "x x", "spatial")]
    public void NodesThatMakeNoSenseAreErrorsThatNameThem(string op, string inputs, string expected)
    {
        EngineException error = Assert.Throws<EngineException>(() =>
            Import(
                Graph(
                    [Node(op, inputs, "y")],
                    [Value("x", FloatType, 3), Value("i", Int64Type, 3)],
                    [Value("y", FloatType, 3)]
                )
            )
        );
        Assert.Contains(expected, error.Message);
        Assert.Contains("y", error.Message);
    }

    [TestMethod]
    public void NewerOperatorSetsAreRefused()
    {
        byte[] bytes = Model(
            OnnxImporter.NewestOpset + 1,
            Graph([], [Value("x", FloatType, 1)], [Value("x", FloatType, 1)])
        );
        OnnxUnsupportedException error = Assert.ThrowsExactly<OnnxUnsupportedException>(() =>
            OnnxImporter.Import(OnnxModel.Read(bytes, "test"))
        );
        Assert.Contains($"{OnnxImporter.NewestOpset + 1}", error.Message);
    }

    [TestMethod]
    public void SmallModelsCannotAskForHugeConstants()
    {
        Assert.ThrowsExactly<OnnxUnsupportedException>(() =>
            Import(
                Graph(
                    [Node("ConstantOfShape", "shape", "c"), Node("Add", "x c", "y")],
                    [Value("x", FloatType, 1)],
                    [Value("y", FloatType, 1)],
                    Whole("shape", [2], 1L << 40, 1L << 40)
                )
            )
        );
    }

    [TestMethod]
    public void LoopsAreWrittenOutAndFunctionsAreOpened()
    {
        byte[] bytes = Model(
            17,
            Graph(
                [
                    Node(
                        "Loop",
                        "times . x",
                        "sum each",
                        Graph(
                            "body",
                            Graph(
                                [
                                    Node("Identity", "go", "on"),
                                    Node("Add", "state x", "next"),
                                    Node("Identity", "next", "out"),
                                ],
                                [Value("i", Int64Type), Value("go", BoolType), Value("state", FloatType, 2)],
                                [Value("on", BoolType), Value("next", FloatType, 2), Value("out", FloatType, 2)]
                            )
                        )
                    ),
                    OwnNode("own", "Scaled", "sum", "y", Integer("by", 3)),
                ],
                [Value("x", FloatType, 2)],
                [Value("y", FloatType, 2), Value("each", FloatType, 2, 2)],
                Whole("times", [], 2)
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
        OnnxProgram program = OnnxImporter.Import(OnnxModel.Read(bytes, "test"));
        IReadOnlyList<OnnxTensor> results = Run(program, ("x", Tensor([2], 1, 2)));
        CollectionAssert.AreEqual(new double[] { 9, 18 }, results[0].ToDoubles());
        CollectionAssert.AreEqual(new double[] { 2, 4, 3, 6 }, results[1].ToDoubles());
    }

    [TestMethod]
    public void TruthValuesAndNarrowNumbersKeepTheirTypes()
    {
        OnnxProgram program = Import(
            Graph(
                [Node("Greater", "x zero", "g"), Node("Cast", "x", "s", Integer("to", (long)OnnxElementType.Int16))],
                [Value("x", FloatType, 3)],
                [Value("g", BoolType, 3), Value("s", (int)OnnxElementType.Int16, 3)],
                Floats("zero", [], 0)
            )
        );
        IReadOnlyList<OnnxTensor> results = Run(program, ("x", Tensor([3], -1, 0, 2.5f)));
        Assert.AreEqual(OnnxElementType.Bool, results[0].ElementType);
        CollectionAssert.AreEqual(new long[] { 0, 0, 1 }, results[0].ToIntegers());
        Assert.AreEqual(OnnxElementType.Int16, results[1].ElementType);
        CollectionAssert.AreEqual(new long[] { -1, 0, 2 }, results[1].ToIntegers());
    }

    [TestMethod]
    public void InputsMustBeGivenAsTheSymbolWasMade()
    {
        OnnxProgram program = Import(
            Graph([Node("Relu", "x", "y")], [Value("x", FloatType, 2)], [Value("y", FloatType, 2)])
        );
        Assert.ThrowsExactly<OnnxModelException>(() => Run(program));
        Assert.ThrowsExactly<OnnxModelException>(() => Run(program, ("x", Tensor([3], 1, 2, 3))));
        Assert.ThrowsExactly<OnnxModelException>(() => Run(program, ("x", OnnxTensor.FromIntegers([1, 2]))));
    }

    [TestMethod]
    public void ProgramsAreTrainedAsAnySymbol()
    {
        OnnxProgram program = Import(
            Graph(
                [Node("Gemm", "x w b", "y", Integer("transB", 1))],
                [Value("x", FloatType, 1, 2)],
                [Value("y", FloatType, 1, 1)],
                Floats("w", [1, 2], 1, 1),
                Floats("b", [1], 0)
            )
        );
        NDArray[] arguments =
        [
            .. program
                .Symbol.ListArguments()
                .Select(name => name == "x" ? NDArray.From([2f, 3f], [1, 2]) : program.Parameters[name]),
        ];
        NDArray[] gradients = [.. arguments.Select(array => new NDArray(array.Shape))];
        using Executor executor = Executor.Bind(program.Symbol, arguments, gradients);
        executor.Forward(isTraining: true);
        executor.Backward();
        CollectionAssert.AreEqual(new float[] { 2, 3 }, executor.GradientOf("w")!.ToArray<float>());
    }

    private static OnnxModel Read(Fuzz.ProtobufMessage graph) => OnnxModel.Read(Model(13, graph), "test");

    private static OnnxProgram Import(Fuzz.ProtobufMessage graph) => OnnxImporter.Import(Read(graph));

    private static OnnxImportOptions Dims(string name, params long[] dims) =>
        new() { InputDims = new Dictionary<string, long[]> { [name] = dims } };

    private static OnnxTensor Tensor(long[] dims, params float[] values) =>
        OnnxTensor.FromArray(NDArray.From(values), OnnxElementType.Float, dims);

    private static IReadOnlyList<OnnxTensor> Run(
        OnnxProgram program,
        params (string Name, OnnxTensor Value)[] inputs
    ) => program.Run(inputs.ToDictionary(input => input.Name, input => input.Value));
}
