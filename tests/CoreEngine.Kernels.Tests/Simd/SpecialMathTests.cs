namespace CoreEngine.Kernels.Tests;

/// <summary>Values from tables (Abramowitz and Stegun; computed with 40 digits).</summary>
[TestClass]
public sealed class SpecialMathTests
{
    [TestMethod]
    [DataRow(0.5, 1.772453850905516)]
    [DataRow(1.0, 1.0)]
    [DataRow(1.5, 0.88622692545275801)]
    [DataRow(2.0, 1.0)]
    [DataRow(1e-10, 9999999999.422784)]
    [DataRow(0.1, 9.5135076986687313)]
    [DataRow(3.7, 4.170651783796604)]
    [DataRow(10.0, 362880.0)]
    [DataRow(24.5, 1.2599063430729375e+23)]
    [DataRow(25.5, 3.0867705405286968e+24)]
    [DataRow(30.3, 2.4442850291542563e+31)]
    [DataRow(100.0, 9.3326215443944153e+155)]
    [DataRow(170.5, 5.5620924145599996e+305)]
    [DataRow(-0.5, -3.5449077018110321)]
    [DataRow(-1.5, 2.3632718012073547)]
    [DataRow(-10.3, -5.2623632395356096e-7)]
    [DataRow(-25.7, 2.5692981278369172e-26)]
    [DataRow(-100.5, -3.3536908198076786e-159)]
    [DataRow(-170.2, -2.6348340538196878e-307)]
    public void Gamma_IsAccurate(double x, double expected) =>
        Values.AreClose(expected, SpecialMath.Gamma(x), (4e-15 * Math.Abs(expected)) + 0, $"Gamma({x})");

    [TestMethod]
    [DataRow(0.5, 0.57236494292470009)]
    [DataRow(1.0000001, -5.7721558299185071e-8)]
    [DataRow(1.25, -0.098271836421813161)]
    [DataRow(2.0000001, 4.2278436665324979e-8)]
    [DataRow(1e-10, 23.025850929882735)]
    [DataRow(0.1, 2.2527126517342059)]
    [DataRow(3.7, 1.4280723266653881)]
    [DataRow(9.9, 12.57717990421988)]
    [DataRow(10.1, 13.027526738633237)]
    [DataRow(100.0, 359.1342053695754)]
    [DataRow(10000000000.0, 220258509288.81058)]
    [DataRow(-0.5, 1.2655121234846454)]
    [DataRow(-1.5, 0.86004701537648101)]
    [DataRow(-10.3, -14.457515440024208)]
    [DataRow(-25.7, -58.923579658246186)]
    public void LogGamma_IsAccurate(double x, double expected) =>
        Values.AreClose(expected, SpecialMath.LogGamma(x), (4e-15 * Math.Abs(expected)) + 1e-22, $"LogGamma({x})");

    [TestMethod]
    [DataRow(0.5, -1.9635100260214235)]
    [DataRow(1.0, -0.57721566490153286)]
    [DataRow(1.25, -0.22745353337626541)]
    [DataRow(2.0, 0.42278433509846714)]
    [DataRow(0.001, -1000.5755719318103)]
    [DataRow(3.7, 1.1671535393615114)]
    [DataRow(10.0, 2.2517525890667211)]
    [DataRow(100.0, 4.6001618527380874)]
    [DataRow(10000000000.0, 23.025850929890457)]
    [DataRow(-0.5, 0.036489973978576521)]
    [DataRow(-1.5, 0.70315664064524319)]
    [DataRow(-10.3, 4.662403493582087)]
    public void Digamma_IsAccurate(double x, double expected) =>
        Values.AreClose(expected, SpecialMath.Digamma(x), (2e-14 * Math.Abs(expected)) + 0, $"Digamma({x})");

    [TestMethod]
    [DataRow(0.5, 4.9348022005446793)]
    [DataRow(1.0, 1.6449340668482264)]
    [DataRow(1.25, 1.1973291545071107)]
    [DataRow(2.0, 0.64493406684822644)]
    [DataRow(0.001, 1000001.6425331958)]
    [DataRow(3.7, 0.3100378576700383)]
    [DataRow(10.0, 0.10516633568168575)]
    [DataRow(100.0, 0.010050166663333571)]
    [DataRow(1000000.0, 1.0000005000001667e-6)]
    [DataRow(-0.5, 8.9348022005446793)]
    [DataRow(-1.5, 9.3792466449891238)]
    [DataRow(-10.3, 14.986887065722638)]
    public void Trigamma_IsAccurate(double x, double expected) =>
        Values.AreClose(expected, SpecialMath.Trigamma(x), (2e-14 * Math.Abs(expected)) + 0, $"Trigamma({x})");

    [TestMethod]
    [DataRow(1e-10, 1.1283791670955126e-10)]
    [DataRow(0.1, 0.1124629160182849)]
    [DataRow(0.5, 0.52049987781304654)]
    [DataRow(0.99, 0.8385080695553698)]
    [DataRow(1.0, 0.84270079294971487)]
    [DataRow(1.5, 0.96610514647531073)]
    [DataRow(1.99, 0.995111413199617)]
    [DataRow(2.01, 0.99552484935524824)]
    [DataRow(3.0, 0.99997790950300141)]
    [DataRow(5.0, 0.99999999999846254)]
    [DataRow(-0.7, -0.67780119383741844)]
    [DataRow(-2.5, -0.99959304798255504)]
    public void Erf_IsAccurate(double x, double expected) =>
        Values.AreClose(expected, SpecialMath.Erf(x), (1e-15 * Math.Abs(expected)) + 0, $"Erf({x})");

    [TestMethod]
    [DataRow(1e-10, 0.99999999988716208)]
    [DataRow(0.1, 0.8875370839817151)]
    [DataRow(0.49, 0.48833173881147691)]
    [DataRow(0.51, 0.47075638015882956)]
    [DataRow(1.0, 0.15729920705028513)]
    [DataRow(1.5, 0.033894853524689273)]
    [DataRow(1.99, 0.004888586800383003)]
    [DataRow(2.01, 0.0044751506447517629)]
    [DataRow(3.0, 2.2090496998585441e-5)]
    [DataRow(5.0, 1.5374597944280349e-12)]
    [DataRow(10.0, 2.0884875837625448e-45)]
    [DataRow(26.0, 5.6631924088561428e-296)]
    [DataRow(-0.7, 1.6778011938374184)]
    [DataRow(-2.5, 1.999593047982555)]
    public void Erfc_IsAccurate(double x, double expected) =>
        Values.AreClose(expected, SpecialMath.Erfc(x), (4e-15 * Math.Abs(expected)) + 0, $"Erfc({x})");

    [TestMethod]
    [DataRow(1e-300, 1.0e-300)]
    [DataRow(1e-10, 1.00000000005e-10)]
    [DataRow(1e-06, 1.0000005000001666e-6)]
    [DataRow(2e-05, 2.0000200001333342e-5)]
    [DataRow(0.001, 0.0010005001667083417)]
    [DataRow(0.1, 0.10517091807564763)]
    [DataRow(0.99, 1.6912344723492623)]
    [DataRow(1.5, 3.4816890703380648)]
    [DataRow(10.0, 22025.465794806717)]
    [DataRow(700.0, 1.0142320547350045e+304)]
    [DataRow(-1e-10, -9.9999999995000004e-11)]
    [DataRow(-0.001, -0.00099950016662500835)]
    [DataRow(-0.5, -0.39346934028736658)]
    [DataRow(-5.0, -0.99326205300091453)]
    [DataRow(-50.0, -1.0)]
    public void Expm1_IsAccurate(double x, double expected) =>
        Values.AreClose(expected, SpecialMath.Expm1(x), (6e-16 * Math.Abs(expected)) + 0, $"Expm1({x})");

    [TestMethod]
    [DataRow(1e-300, 1.0e-300)]
    [DataRow(1e-10, 9.9999999995000004e-11)]
    [DataRow(1e-06, 9.9999950000033329e-7)]
    [DataRow(0.001, 0.00099950033308353319)]
    [DataRow(0.1, 0.095310179804324865)]
    [DataRow(0.99, 0.68813463873640102)]
    [DataRow(1.5, 0.91629073187415507)]
    [DataRow(10.0, 2.3978952727983705)]
    [DataRow(10000000000.0, 23.025850930040457)]
    [DataRow(-1e-10, -1.00000000005e-10)]
    [DataRow(-0.001, -0.0010005003335835335)]
    [DataRow(-0.5, -0.69314718055994531)]
    [DataRow(-0.999, -6.9077552789821362)]
    public void Log1p_IsAccurate(double x, double expected) =>
        Values.AreClose(expected, SpecialMath.Log1p(x), (6e-16 * Math.Abs(expected)) + 0, $"Log1p({x})");

    [TestMethod]
    public void Poles_AndNaN_AreRight()
    {
        Assert.AreEqual(double.PositiveInfinity, SpecialMath.Gamma(0.0));
        Assert.AreEqual(double.NegativeInfinity, SpecialMath.Gamma(-0.0));
        Assert.IsTrue(double.IsNaN(SpecialMath.Gamma(-3)));
        Assert.AreEqual(double.PositiveInfinity, SpecialMath.Gamma(172));
        Assert.IsTrue(double.IsNaN(SpecialMath.Gamma(double.NaN)));
        Assert.AreEqual(double.PositiveInfinity, SpecialMath.LogGamma(0));
        Assert.AreEqual(double.PositiveInfinity, SpecialMath.LogGamma(-2));
        Assert.AreEqual(double.PositiveInfinity, SpecialMath.LogGamma(double.NegativeInfinity));
        Assert.IsTrue(double.IsNaN(SpecialMath.LogGamma(double.NaN)));
        Assert.IsTrue(double.IsNaN(SpecialMath.Digamma(-1)));
        Assert.IsTrue(double.IsNaN(SpecialMath.Digamma(double.NaN)));
        Assert.AreEqual(double.PositiveInfinity, SpecialMath.Trigamma(0));
        Assert.AreEqual(1, SpecialMath.Erf(double.PositiveInfinity));
        Assert.AreEqual(-1, SpecialMath.Erf(double.NegativeInfinity));
        Assert.AreEqual(2, SpecialMath.Erfc(double.NegativeInfinity));
        Assert.IsTrue(double.IsNaN(SpecialMath.Erf(double.NaN)));
        Assert.AreEqual(-1, SpecialMath.Expm1(double.NegativeInfinity));
        Assert.AreEqual(double.NegativeInfinity, SpecialMath.Log1p(-1));
        Assert.IsTrue(double.IsNaN(SpecialMath.Log1p(-2)));
    }

    [TestMethod]
    public void GammaFunctions_OfALane_DoNotDependOnItsNeighbours()
    {
        Check(SimdMath.Gamma, SimdMath.Gamma);
        Check(SimdMath.LogGamma, SimdMath.LogGamma);
        Check(SimdMath.Digamma, SimdMath.Digamma);
    }

    private static unsafe void Check(
        Func<Simd256<float>, Simd256<float>> wide,
        Func<SimdScalar<float>, SimdScalar<float>> single
    )
    {
        float[] special = [0, -0f, 1, 2, -1, -2.5f, 1e-30f, 1e-42f, 1e6f, 1e30f, 170, 171, float.NaN, 1 / 0f, -1 / 0f];
        var random = new Random(3);
        float* lanes = stackalloc float[8];
        float* results = stackalloc float[8];
        for (int round = 0; round < 4000; round++)
        {
            for (int i = 0; i < 8; i++)
            {
                lanes[i] =
                    random.Next(8) == 0
                        ? special[random.Next(special.Length)]
                        : (float)(random.NextDouble() * Math.Pow(10, random.Next(-3, 3)))
                            * (random.Next(9) == 0 ? -1 : 1);
            }

            Simd256<float>.Store(wide(Simd256<float>.Load(lanes)), results);
            for (int i = 0; i < 8; i++)
            {
                float alone = single(SimdScalar<float>.Load(lanes + i)).Value;
                Assert.AreEqual(
                    BitConverter.SingleToInt32Bits(alone),
                    BitConverter.SingleToInt32Bits(results[i]),
                    $"f({lanes[i]:R})"
                );
            }
        }
    }
}
