namespace CoreEngine.Operators.Tests;

/// <summary>Programs are text that is read back as it was written; anything else is refused with a reason.</summary>
[TestClass]
public sealed class PointwiseProgramTests
{
    private const string Program =
        "t0 = elemwise_add(x0, x1); t1 = Activation(t0, act_type=relu); t2, t3 = _backward_elemwise_div(t1, x0, x1); "
        + "t4 = broadcast_to(t2, shape=\"(2,3)\"); return t4, t3";

    [TestMethod]
    public void Text_is_read_back()
    {
        PointwiseProgram program = Read(Program, 2);
        Assert.AreEqual(Program, program.ToString());
        Assert.AreEqual(4, program.Steps.Length);
        Assert.AreEqual(7, program.ValueCount);
        CollectionAssert.AreEqual((int[])[6, 5], program.Outputs.ToArray());
        Assert.AreEqual(Program, Read("  t0=elemwise_add( x0,x1 );" + Program[27..], 2).ToString());
    }

    [TestMethod]
    public void Attributes_of_any_text_are_read_back()
    {
        foreach (string text in (string[])["a\"b\\", "", "x, y; (z)=\\\"", "ü\n"])
        {
            // Operators without parameters keep whatever they are given.
            BoundOperator op = OperatorRegistry
                .Default["tanh"]
                .Bind(new Dictionary<string, string> { ["note"] = text });
            var program = new PointwiseProgram(1, [new PointwiseStep(op, 0)], [1]);
            PointwiseProgram again = Read(program.ToString(), 1);
            Assert.AreEqual(text, again.Steps[0].Operator.Attributes["note"]);
        }
    }

    [TestMethod]
    public void An_operator_is_written_and_read_back()
    {
        OperatorDef definition = OperatorRegistry.Default["_fused_pointwise"];
        BoundOperator typed = definition.Bind(new FusedPointwiseParameters(Read(Program, 2)));
        Assert.AreEqual("2", typed.Attributes["num_args"]);
        Assert.AreEqual(Program, typed.Attributes["program"]);
        BoundOperator read = definition.Bind(typed.Attributes);
        Assert.AreEqual(2, read.InputCount);
        Assert.AreEqual(2, read.OutputCount);
        Assert.AreEqual(Program, read.Parameters<FusedPointwiseParameters>().Program.ToString());
    }

    [TestMethod]
    [DataRow("", "expected a word")]
    [DataRow("t0 = tanh(x0); return x0", "must be an output of one of its steps")]
    [DataRow("return t0", "no value 't0'")]
    [DataRow("t0 = tanh(x0)", "expected ';'")]
    [DataRow("t0 = tanh(x0);", "expected a word")]
    [DataRow("t0 = tanh(x0); return t0 t0", "expected the end")]
    [DataRow("t0 = tanh(x0); return t0, t0", "only once")]
    [DataRow("t0 = tanh(x1); return t0", "no value 'x1'")]
    [DataRow("t0 = tanh(t0); return t0", "no value 't0'")]
    [DataRow("t1 = tanh(x0); return t1", "no value 't1'")]
    [DataRow("x0 = tanh(x0); return x0", "out of order")]
    [DataRow("t0, t1 = tanh(x0); return t0", "has 1 outputs, not 2")]
    [DataRow("t0 = tanh(x0, x0); return t0", "takes 1 inputs, not 2")]
    [DataRow("t0 = tang(x0); return t0", "no operator 'tang'")]
    [DataRow("t0 = softmax(x0); return t0", "softmax is not point-wise")]
    [DataRow(
        "t0 = _fused_pointwise(x0, num_args=1, program=\"t0 = tanh(x0); return t0\"); return t0",
        "not point-wise"
    )]
    [DataRow("t0 = Activation(x0); return t0", "'act_type'")]
    [DataRow("t0 = Activation(x0, act_type=relu, act_type=relu); return t0", "twice")]
    [DataRow("t0 = Activation(x0, act_type=\"relu); return t0", "closing quote")]
    [DataRow("t0 = Activation(act_type=relu, x0); return t0", "expected an attribute")]
    [DataRow("t0, t1 = LeakyReLU(x0, act_type=rrelu); return t0", "not point-wise")]
    public void Malformed_text_is_refused(string text, string reason)
    {
        Assert.IsFalse(PointwiseProgram.TryParse(text, 1, out _, out string? error));
        StringAssert.Contains(error, reason);
        AttributeException thrown = Assert.ThrowsExactly<AttributeException>(() =>
            OperatorRegistry
                .Default["_fused_pointwise"]
                .Bind(new Dictionary<string, string> { ["num_args"] = "1", ["program"] = text })
        );
        Assert.AreEqual("program", thrown.Attribute);
    }

    [TestMethod]
    public void Programs_are_bounded()
    {
        string steps = string.Concat(Enumerable.Range(1, 64).Select(i => $"t{i} = tanh(t{i - 1}); "));
        Assert.IsFalse(PointwiseProgram.TryParse($"t0 = tanh(x0); {steps}return t64", 1, out _, out string? error));
        StringAssert.Contains(error, "at most 64 steps");
        Assert.IsFalse(PointwiseProgram.TryParse(Program, int.MaxValue, out _, out error));
        StringAssert.Contains(error, "1 to 64 inputs");
        Assert.IsFalse(PointwiseProgram.TryParse(new string(' ', 100_000), 1, out _, out error));
        StringAssert.Contains(error, "characters");
    }

    [TestMethod]
    public void Damaged_text_ends_with_a_program_or_an_error()
    {
        var random = new Random(1);
        const string Characters = "xt019 =,;()\"\\_relu";
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            var text = new System.Text.StringBuilder(Program);
            for (int j = random.Next(1, 4); j > 0 && text.Length > 0; j--)
            {
                int place = random.Next(text.Length);
                char c = Characters[random.Next(Characters.Length)];
                _ = random.Next(3) switch
                {
                    0 => text.Remove(place, random.Next(1, Math.Min(9, text.Length - place + 1))),
                    1 => text.Insert(place, c),
                    _ => text.Replace(text[place], c, place, 1),
                };
            }

            if (PointwiseProgram.TryParse(text.ToString(), 2, out PointwiseProgram? program, out string? error))
                Assert.AreEqual(program.ToString(), Read(program.ToString(), 2).ToString());
            else
                refused += error.Length > 0 ? 1 : 0;
        }

        Assert.IsGreaterThan(10_000, refused);
    }

    private static PointwiseProgram Read(string text, int inputs)
    {
        Assert.IsTrue(PointwiseProgram.TryParse(text, inputs, out PointwiseProgram? program, out string? error), error);
        return program!;
    }
}
