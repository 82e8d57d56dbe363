namespace CoreEngine.Perf.Tests;

[TestClass]
public sealed class NetworkTests
{
    [TestMethod]
    public void MessagesHaveTheWireFormatOfProtocolBuffers()
    {
        var writer = new ProtobufWriter();
        writer.Number(1, 150);
        writer.Text(2, "testing");
        writer.Message(3, inner => inner.Number(1, 150));
        writer.Floats(16, [1]);
        byte[] expected =
        [
            .. new byte[] { 0x08, 0x96, 0x01 },
            .. new byte[] { 0x12, 7 },
            .. "testing"u8,
            .. new byte[] { 0x1A, 3, 0x08, 0x96, 0x01 },
            .. new byte[] { 0x82, 0x01, 4, 0, 0, 0x80, 0x3F },
        ];
        CollectionAssert.AreEqual(expected, writer.Written.ToArray());
    }

    [TestMethod]
    public void NetworksHaveTheirKnownNumbersOfWeights()
    {
        // With batch normalisation folded: each filter keeps one bias instead of two moments and two factors.
        Assert.AreEqual(11_684_712, Parameters(Network.ResNet18()));
        Assert.AreEqual(4_221_032, Parameters(Network.MobileNet()));
    }

    [TestMethod]
    public void LayersFollowThoseThatTheyUse()
    {
        foreach (Network network in (Network[])[Network.ResNet18(), Network.MobileNet()])
        {
            for (int i = 0; i < network.Layers.Count; i++)
            {
                NetworkLayer layer = network.Layers[i];
                Assert.IsLessThan(i, layer.Input);
                int channels = layer.Input < 0 ? Network.ImageChannels : network.Layers[layer.Input].Filters;
                Assert.AreEqual(channels, layer.Channels, $"{network.Name}, layer {i}");
                if (layer.Residual is { } residual)
                {
                    Assert.IsLessThan(i, residual);
                    Assert.AreEqual(network.Layers[residual].Filters, layer.Filters);
                    Assert.AreEqual(network.Layers[residual].OutputSize, layer.OutputSize);
                }
            }

            Assert.AreEqual(Network.Classes, network.Layers[^1].Filters);
        }
    }

    private static long Parameters(Network network) =>
        network.Layers.Sum(layer => layer.Weight.LongLength + layer.Bias.LongLength);
}
