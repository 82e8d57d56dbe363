namespace CoreEngine.Operators.Tests;

/// <summary>A call whose arrays are all there, so that it can be repeated.</summary>
internal sealed record OperatorCall(BoundOperator Operator, NDArray[] Inputs, NDArray?[] Outputs, bool IsTraining)
{
    private const int Repeats = 3;
    private const int Rounds = 4;

    /// <summary>Makes the outputs of a call, but for those that are given, by running it.</summary>
    internal static OperatorCall Run(
        BoundOperator op,
        NDArray[] inputs,
        bool isTraining,
        params ReadOnlySpan<NDArray?> given
    )
    {
        var outputs = new NDArray?[op.OutputCount];
        given.CopyTo(outputs);
        Dispatcher.Run(op, inputs, outputs, requests: default, isTraining);
        return new OperatorCall(op, inputs, outputs, isTraining);
    }

    /// <summary>Managed bytes of one call, when calls like it have been made before.</summary>
    internal long MeasureBytes(Request request)
    {
        // What is added up goes elsewhere: outputs are read by other calls, some as places of elements.
        NDArray?[] outputs =
            request == Request.Add
                ? Array.ConvertAll(Outputs, output => (NDArray?)NDArray.Zeros(output!.Shape, output.DType))
                : Outputs;
        var requests = new Request[Outputs.Length];
        requests.AsSpan().Fill(request);
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Repeats; i++)
            {
                Dispatcher.Run(Operator, Inputs, outputs, requests, IsTraining);
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / Repeats);
        }

        return least;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(", ", Inputs.Select(input => $"{input.DType.Name()} {input.Shape}"))
        + string.Concat(Operator.Attributes.Select(pair => $", {pair.Key}={pair.Value}"));
}
