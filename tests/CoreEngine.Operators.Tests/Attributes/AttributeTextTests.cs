namespace CoreEngine.Operators.Tests;

/// <summary>Attributes as text, of every type: what is read as what, what is refused, and how they are described.</summary>
[TestClass]
public sealed class AttributeTextTests
{
    /// <summary>Texts that MXNet 1.0.0 reads, and the value as <see cref="Probe.Value"/> prints it.</summary>
    [TestMethod]
    [DataRow("int", "3", "3")]
    [DataRow("int", " +3 ", "3")]
    [DataRow("int", "-2147483648", "-2147483648")]
    [DataRow("uint", "4294967295", "4294967295")]
    [DataRow("ulong", "4611686018427387904", "4611686018427387904")]
    [DataRow("int?", "None", "None")]
    [DataRow("int?", "3L", "3")]
    [DataRow("int?", "-1", "-1")]
    [DataRow("float", "1e-05", "1e-05")]
    [DataRow("float", "2.5abc", "2.5")]
    [DataRow("float", "-inf", "-inf")]
    [DataRow("float", "NaN", "nan")]
    [DataRow("float", "0x1.8p3", "12")]
    [DataRow("float", "1e-60", "0")]
    [DataRow("double", ".5", "0.5")]
    [DataRow("double", "1e300", "1e+300")]
    [DataRow("double?", "None", "None")]
    [DataRow("double?", "2.5", "2.5")]
    [DataRow("bool", "TRUE", "1")]
    [DataRow("bool", "0", "0")]
    [DataRow("string", " any text ", " any text ")]
    [DataRow("shape", "(3, 3)", "3,3")]
    [DataRow("shape", "[1,2]", "1,2")]
    [DataRow("shape", "(3L, 3L)", "3,3")]
    [DataRow("shape", "(3 L ,3)", "3,3")]
    [DataRow("shape", "(3, 3,)", "3,3")]
    [DataRow("shape", "(2,]", "2")]
    [DataRow("shape", " -4 ", "-4")]
    [DataRow("shape", "8589934592", "8589934592")]
    [DataRow("shape", "()", "7")]
    [DataRow("shape", "[ ]", "7")]
    [DataRow("shape?", "(None, 2, -1L)", "None,2,-1")]
    [DataRow("floats", "(0.5, 1e-3)", "0.5,0.001")]
    [DataRow("floats", "2", "2")]
    [DataRow("floats", "()", "1,2")]
    [DataRow("enum", "b", "b")]
    [DataRow("dtype", "uint8", "uint8")]
    public void Texts_are_read(string key, string text, string value)
    {
        BoundOperator op = s_probe.Bind(new Dictionary<string, string> { [key] = text });
        Assert.AreEqual(value, op.Parameters<Probe>().Value(key));
    }

    /// <summary>Texts that are no value of the type: the error names operator, attribute, text and all attributes given.</summary>
    [TestMethod]
    [DataRow("int", "2.0")]
    [DataRow("int", "2L")]
    [DataRow("int", "0x2")]
    [DataRow("int", "")]
    [DataRow("int", "2 3")]
    [DataRow("int", "None")]
    [DataRow("int", "2147483648")]
    [DataRow("int", "1e3")]
    [DataRow("uint", "-1")]
    [DataRow("uint", "4294967296")]
    [DataRow("ulong", "-1")]
    [DataRow("int?", "none")]
    [DataRow("int?", "2.5")]
    [DataRow("float", "")]
    [DataRow("float", "abc")]
    [DataRow("float", "1e50")]
    [DataRow("float", "None")]
    [DataRow("double", "-1e400")]
    [DataRow("double", "x10")]
    [DataRow("double?", "2.5abc")]
    [DataRow("double?", "inf")]
    [DataRow("bool", "yes")]
    [DataRow("bool", "2")]
    [DataRow("bool", "")]
    [DataRow("shape", "(2, x)")]
    [DataRow("shape", "(2.0, 3)")]
    [DataRow("shape", "(2, 3")]
    [DataRow("shape", "2, 3")]
    [DataRow("shape", "(2,,3)")]
    [DataRow("shape", "(,)")]
    [DataRow("shape", "(2l, 3)")]
    [DataRow("shape", "2L")]
    [DataRow("shape", "None")]
    [DataRow("shape", "(2, None)")]
    [DataRow("shape", "(2)(3)")]
    [DataRow("shape", "")]
    [DataRow("shape?", "None")]
    [DataRow("floats", "(0.5, inf)")]
    [DataRow("floats", "(0.5x,)")]
    [DataRow("floats", "(1L,)")]
    [DataRow("floats", "(1e50,)")]
    [DataRow("enum", "B")]
    [DataRow("enum", "1")]
    [DataRow("enum", " b")]
    [DataRow("dtype", "float31")]
    [DataRow("dtype", "None")]
    public void Other_texts_are_refused(string key, string text)
    {
        var attributes = new Dictionary<string, string> { ["string"] = "beside", [key] = text };
        AttributeException error = Assert.ThrowsExactly<AttributeException>(() => s_probe.Bind(attributes));
        Assert.AreEqual(key, error.Attribute);
        foreach (string part in new[] { "probe", $"'{key}' = '", "string=beside", $"{key}={text}" })
        {
            StringAssert.Contains(error.Message, part, StringComparison.Ordinal);
        }
    }

    /// <summary>Only keys between double underscores may be unknown, and not the shortest of them.</summary>
    [TestMethod]
    [DataRow("__x__", true)]
    [DataRow("__ctx_group__", true)]
    [DataRow("____", false)]
    [DataRow("__x", false)]
    [DataRow("x__", false)]
    [DataRow("Int", false)]
    public void Unknown_keys_are_refused(string key, bool accepted)
    {
        var attributes = new Dictionary<string, string> { [key] = "1" };
        if (accepted)
        {
            s_probe.Bind(attributes);
            return;
        }

        AttributeException error = Assert.ThrowsExactly<AttributeException>(() => s_probe.Bind(attributes));
        Assert.AreEqual(key, error.Attribute);
        StringAssert.Contains(error.Message, $"{key}=1", StringComparison.Ordinal);
    }

    /// <summary>Operators without parameters, and those that read a bare number, do not look at other keys.</summary>
    [TestMethod]
    [DataRow("relu")]
    [DataRow("elemwise_add")]
    [DataRow("_plus_scalar")]
    [DataRow("smooth_l1")]
    [DataRow("_set_value")]
    public void Operators_without_parameters_accept_any_key(string name) =>
        Assert.AreEqual(
            name,
            OperatorRegistry.Default[name].Bind(new Dictionary<string, string> { ["whatever"] = "1" }).Name
        );

    /// <summary>A value that holds what separates others is another set of attributes.</summary>
    [TestMethod]
    public void Sets_of_attributes_are_told_apart()
    {
        BoundOperator one = s_probe.Bind(new Dictionary<string, string> { ["string"] = "x\nint=2" });
        BoundOperator two = s_probe.Bind(new Dictionary<string, string> { ["string"] = "x", ["int"] = "2" });
        Assert.AreEqual("x\nint=2", one.Parameters<Probe>().Value("string"));
        Assert.AreEqual("2", two.Parameters<Probe>().Value("int"));
        Assert.AreSame(two, s_probe.Bind(new Dictionary<string, string> { ["string"] = "x", ["int"] = "2" }));
    }

    /// <summary>The notation that code generators read.</summary>
    [TestMethod]
    public void Types_are_described()
    {
        string[] expected =
        [
            "int|int, optional, default='1'",
            "uint|int (non-negative), optional, default=1",
            "ulong|long (non-negative), optional, default=1",
            "int?|int or None, optional, default='1'",
            "float|float, optional, default=1e-05",
            "double|double, optional, default=1",
            "double?|double or None, optional, default=1",
            "bool|boolean, optional, default=0",
            "string|string, optional, default='a'",
            "shape|Shape(tuple), optional, default=[7]",
            "shape?|Shape(tuple), optional, default=[]",
            "floats|tuple of <float>, optional, default=[1,2]",
            "enum|{'a', 'b'},optional, default='a'",
            "dtype|{'float16', 'float32', 'float64', 'int32', 'uint8'},optional, default='float32'",
        ];
        string[] actual = [.. s_probe.Parameters.Select(parameter => $"{parameter.Name}|{parameter.TypeText}")];
        CollectionAssert.AreEqual(expected, actual);
    }

    /// <summary>Operators that take any number of inputs count them when the call does not say it.</summary>
    [TestMethod]
    public void Inputs_are_counted()
    {
        using var scope = new ArrayScope();
        NDArray x = NDArray.Full(new Shape(2), 1, DType.Float32);
        CollectionAssert.AreEqual(new float[] { 3, 3 }, Imperative.Invoke("add_n", [x, x, x])[0].ToArray<float>());
        NDArray joined = Imperative.Invoke("Concat", [x, x], new Dictionary<string, string> { ["dim"] = "0" })[0];
        Assert.AreEqual(new Shape(4), joined.Shape);
    }

    private static readonly OperatorDef s_probe = new("probe")
    {
        NewParameters = () => new Probe(),
        Kernel = (ref KernelContext _) => { },
    };

    private enum Letter
    {
        A,
        B,
    }

    /// <summary>A parameter of every type.</summary>
    private sealed class Probe : IParameters
    {
        private int _int = 1;
        private uint _uint = 1;
        private ulong _ulong = 1;
        private int? _optionalInt = 1;
        private float _float = 1e-5f;
        private double _double = 1;
        private double? _optionalDouble = 1;
        private bool _bool;
        private string _string = "a";
        private long[] _shape = [7];
        private long?[] _optionalShape = [];
        private float[] _floats = [1, 2];
        private Letter _letter;
        private DType _dtype = DType.Float32;

        public void Read(AttributeReader reader)
        {
            reader.Optional("int", ref _int);
            reader.Optional("uint", ref _uint);
            reader.Optional("ulong", ref _ulong);
            reader.Optional("int?", ref _optionalInt);
            reader.Optional("float", ref _float);
            reader.Optional("double", ref _double);
            reader.Optional("double?", ref _optionalDouble);
            reader.Optional("bool", ref _bool);
            reader.Optional("string", ref _string);
            reader.Optional("shape", ref _shape);
            reader.Optional("shape?", ref _optionalShape);
            reader.Optional("floats", ref _floats);
            reader.Optional("enum", ref _letter, "a", "b");
            reader.DType("dtype", ref _dtype, required: false);
        }

        /// <summary>One value as it is written to files, without the brackets of a tuple.</summary>
        internal string Value(string key) =>
            key switch
            {
                "bool" => _bool ? "1" : "0",
                "double" => _double.ToString("R").Replace('E', 'e'),
                _ => s_probe.Bind(this).Attributes[key] is ['(', .. var items, ')']
                    ? items.TrimEnd(',')
                    : s_probe.Bind(this).Attributes[key],
            };
    }
}
