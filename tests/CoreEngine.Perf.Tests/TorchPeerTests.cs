using System.Runtime.InteropServices;

namespace CoreEngine.Perf.Tests;

[TestClass]
public sealed class TorchPeerTests
{
    [TestMethod]
    public void ACaseRunsReadsAndIsDropped()
    {
        TorchPeer torch = Required();
        float[] data = [1, -2, 3, -4, 5, -6];
        Dictionary<string, TorchArray> arrays = new()
        {
            ["x"] = new TorchArray([2, 3], MemoryMarshal.AsBytes<float>(data).ToArray()),
        };
        using TorchCase relu = torch.Prepare("y = torch.empty(2, 3)", "torch.clamp_min(x, 0, out=y)", arrays: arrays);
        foreach (PeerVariant variant in relu.Variants(2))
        {
            Assert.IsGreaterThan(0, variant.Run(3), variant.Name);
        }

        (int[] shape, float[] values) = relu.Read("y");
        CollectionAssert.AreEqual(new[] { 2, 3 }, shape);
        CollectionAssert.AreEqual(new float[] { 1, 0, 3, 0, 5, 0 }, values);
    }

    [TestMethod]
    public void GradientsAreRecordedOnRequest()
    {
        TorchPeer torch = Required();
        using TorchCase square = torch.Prepare(
            "x = torch.full((2,), 3.0, requires_grad=True)",
            """
            x.grad = None
            (x * x).sum().backward()
            """,
            gradients: true
        );
        square.Variants(1)[0].Run(2);
        CollectionAssert.AreEqual(new float[] { 6, 6 }, square.Read("x.grad").Data);
    }

    [TestMethod]
    public void PythonsErrorsComeThrough()
    {
        TorchPeer torch = Required();
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            torch.Prepare("y = unknown_name", "pass")
        );
        Assert.Contains("unknown_name", error.Message);
    }

    private static TorchPeer Required()
    {
        if (TorchPeer.Shared is { } torch)
        {
            return torch;
        }

        Assert.Inconclusive("There is no PyTorch on this machine.");
        throw new InvalidOperationException("Inconclusive throws.");
    }
}
