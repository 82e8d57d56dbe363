using CoreEngine.Files;
using CoreEngine.Fuzz;
using static CoreEngine.Fuzz.OnnxMessages;

namespace CoreEngine.Onnx.Tests;

[TestClass]
public sealed class ModelReaderTests
{
    [TestMethod]
    public void ModelsTellWhatTheyTakeAndDo()
    {
        byte[] bytes = Model(
            12,
            Graph(
                [Node("Relu", "x", "y"), Node("Relu", "y", "z"), OwnNode("com.example", "Odd", "z", "o")],
                // Older models list their tensors among the inputs.
                [Value("x", FloatType, 0, 3), Value("w", FloatType, 1)],
                [Value("o", FloatType)],
                Floats("w", [1], 1)
            )
        );
        OnnxModel model = OnnxModel.Read(bytes, "test");
        Assert.AreEqual(12, model.Opsets[""]);
        Assert.AreEqual("by hand", model.Producer);
        CollectionAssert.AreEqual(
            new[] { "x: Float[batch,3]" },
            model.Inputs.Select(input => input.ToString()).ToArray()
        );
        Assert.AreEqual("o: Float[]", model.Outputs[0].ToString());
        Assert.AreEqual(2, model.OperatorCounts["Relu"]);
        Assert.AreEqual(1, model.OperatorCounts["com.example.Odd"]);
        Assert.AreEqual("w", model.Initializers[0].Name);
    }

    [TestMethod]
    public void TensorsAreReadFromEveryFormOfTheirElements()
    {
        float[] floats = [1.5f, -2];
        OnnxTensor raw = OnnxTensor.Read(Floats("a", [2], floats).ToArray(), "test");
        byte[] single = new ProtobufMessage().Number(1, 2).Number(2, 1).Real(4, 1.5f).Real(4, -2).ToArray();
        CollectionAssert.AreEqual(raw.ToDoubles(), OnnxTensor.Read(single, "test").ToDoubles());
        OnnxTensor whole = OnnxTensor.Read(Whole("b", [3], long.MinValue, -1, long.MaxValue).ToArray(), "test");
        CollectionAssert.AreEqual(new[] { long.MinValue, -1, long.MaxValue }, whole.ToIntegers());
        byte[] bytes = new ProtobufMessage()
            .Number(1, 2)
            .Number(2, (long)OnnxElementType.Int8)
            .Numbers(5, -3, 4)
            .ToArray();
        CollectionAssert.AreEqual(new long[] { -3, 4 }, OnnxTensor.Read(bytes, "test").ToIntegers());
        byte[] half = new ProtobufMessage()
            .Number(1, 1)
            .Number(2, (long)OnnxElementType.Float16)
            .Numbers(5, 0x3C00)
            .ToArray();
        Assert.AreEqual(1, OnnxTensor.Read(half, "test").ToDoubles()[0]);
        OnnxTensor one = OnnxTensor.Read(Whole("c", [], 7).ToArray(), "test");
        Assert.IsEmpty(one.Dims);
        Assert.AreEqual(1, one.Count);
    }

    [TestMethod]
    public void TensorsWhoseElementsDoNotFillTheirExtentsAreDamaged()
    {
        ProtobufMessage[] wrong =
        [
            Floats("few", [3], 1, 2),
            Floats("many", [1], 1, 2),
            Floats("negative", [-1], 1),
            Floats("huge", [1L << 40, 1L << 40], 1),
            new ProtobufMessage().Number(1, 1).Number(2, 99).Numbers(7, 1),
            new ProtobufMessage().Numbers(1, new long[100]).Number(2, 1),
        ];
        foreach (ProtobufMessage message in wrong)
        {
            Assert.ThrowsExactly<FileFormatException>(() => OnnxTensor.Read(message.ToArray(), "test"));
        }
    }

    [TestMethod]
    public void ElementsInOtherFilesAreRefused()
    {
        byte[] bytes = new ProtobufMessage().Number(1, 1).Number(2, 1).Text(8, "w").Number(14, 1).ToArray();
        OnnxUnsupportedException error = Assert.ThrowsExactly<OnnxUnsupportedException>(() =>
            OnnxTensor.Read(bytes, "test")
        );
        Assert.Contains("'w'", error.Message);
    }

    [TestMethod]
    public void OtherFilesAreNoModels()
    {
        Assert.ThrowsExactly<FileFormatException>(() => OnnxModel.Read(Array.Empty<byte>(), "test"));
        Assert.ThrowsExactly<FileFormatException>(() => OnnxModel.Read("{\"nodes\": []}"u8.ToArray(), "test"));
        Assert.ThrowsExactly<FileAccessException>(() => OnnxModel.Load("/no/such/model.onnx"));
    }

    [TestMethod]
    [DataRow(OnnxElementType.Float)]
    [DataRow(OnnxElementType.Double)]
    [DataRow(OnnxElementType.Float16)]
    [DataRow(OnnxElementType.UInt8)]
    [DataRow(OnnxElementType.Int8)]
    [DataRow(OnnxElementType.Int16)]
    [DataRow(OnnxElementType.UInt16)]
    [DataRow(OnnxElementType.Int32)]
    [DataRow(OnnxElementType.UInt32)]
    [DataRow(OnnxElementType.Int64)]
    [DataRow(OnnxElementType.UInt64)]
    [DataRow(OnnxElementType.Bool)]
    public void TensorsSurviveTheWayThroughAnArray(OnnxElementType type)
    {
        byte[] data = new byte[2 * type.ItemSize()];
        data[0] = 1;
        var tensor = new OnnxTensor(type, [2, 1], data);
        using NDArray array = tensor.ToArray();
        Assert.AreEqual(new Shape(2, 1), array.Shape);
        OnnxTensor back = OnnxTensor.FromArray(array, type);
        CollectionAssert.AreEqual(data, back.Data.ToArray());
    }
}
