namespace CoreEngine.Conformance.Tests;

/// <summary>
/// Recorded calls on sparse arrays, run in executors whose arrays are made by inference: results and gradients have the
/// recorded values, and are stored as the original stored them.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class SparseExecutorTests
{
    private static IEnumerable<object[]> Operators =>
        Golden.Folder.OperatorNames.Where(name => SparseCases(name).Any()).Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Operators))]
    public void RecordedCallsAreInferredAndComputedInExecutors(string op)
    {
        foreach (OperatorCase recorded in SparseCases(op))
        {
            using var scope = new ArrayScope();
            using Executor executor = Bind(op, recorded);
            executor.Forward(recorded.IsTrain);
            for (int i = 0; i < recorded.Outputs.Count; i++)
            {
                Compare($"{recorded.Id} output {i}", recorded.Outputs[i], executor.Outputs[i]);
            }

            if (recorded.HeadGrads is not { } heads)
                continue;
            executor.Backward([.. heads.Select(ArrayConversion.ToArray)], recorded.IsTrain);
            foreach (GoldenArray gradient in recorded.Grads ?? [])
            {
                Compare($"{recorded.Id} {gradient.Name}", gradient, executor.GradientOf(gradient.Name)!);
            }
        }
    }

    private static Executor Bind(string op, OperatorCase recorded)
    {
        Symbol[] inputs = [.. recorded.Inputs.Select(input => Symbol.Variable(input.Name))];
        Executor executor = Executor.SimpleBind(
            Symbol.Call(op, inputs, "op", recorded.Attrs),
            recorded.Inputs.ToDictionary(input => input.Name, input => new Shape(input.Shape!)),
            GradientRequests.ByName(
                recorded.Inputs.ToDictionary(input => input.Name, input => Request(recorded, input))
            ),
            recorded.Inputs.ToDictionary(input => input.Name, input => input.Dtype),
            storage: recorded.Inputs.ToDictionary(input => input.Name, input => input.Storage)
        );
        foreach (GoldenArray input in recorded.Inputs)
        {
            ArrayConversion.ToArray(input).CopyTo(executor[input.Name]);
        }

        foreach (GoldenArray before in recorded.GradsBefore ?? [])
        {
            if (executor.GradientOf(before.Name) is { } gradient)
                ArrayConversion.ToArray(before).CopyTo(gradient);
        }

        return executor;
    }

    private static GradientRequest Request(OperatorCase recorded, GoldenArray input) =>
        recorded.HeadGrads is null ? GradientRequest.Null
        : input.GradReq == "add" ? GradientRequest.Add
        : input.GradReq == "write" ? GradientRequest.Write
        : GradientRequest.Null;

    private static void Compare(string what, GoldenArray expected, NDArray actual)
    {
        Comparison comparison = Comparison.Of(
            what,
            expected.ToDense(),
            ArrayConversion.ToDense(actual),
            Tolerance.For(expected.Dtype)
        );
        Assert.IsNull(comparison.Mismatch);
    }

    private static IEnumerable<OperatorCase> SparseCases(string op) =>
        Golden
            .Folder.ReadOperator(op)
            .Cases.Where(one => one.Mode == CaseMode.Symbol)
            .Select(one => OriginalDefects.Correct(one) ?? one)
            .Where(one => one.Inputs.Concat(one.Outputs).Concat(one.Grads ?? []).Any(array => array.IsSparse));
}
